#include "harness/trial/planned.h"

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/trial/toml_file.h"

namespace halfopen {

namespace {

struct Both {
    std::vector<Planned> scenarios, detectors;
};

const Both& all() {
    static const Both both = [] {
        const auto path = data_folder() / "scenarios/planned.toml";
        const TomlFile file(read_text(path), path.string());
        file.only(file.root(), {"scenario", "detector"});
        const auto read = [&](std::string_view kind) {
            std::vector<Planned> list;
            for (const toml::table* entry : file.tables(file.root(), kind)) {
                file.only(*entry, {"name", "summary", "instead"});
                list.push_back({file.text(*entry, "name"), file.text(*entry, "summary"), file.text(*entry, "instead")});
            }
            return list;
        };
        return Both{read("scenario"), read("detector")};
    }();
    return both;
}

} // namespace

const std::vector<Planned>& planned_scenarios() { return all().scenarios; }
const std::vector<Planned>& planned_detectors() { return all().detectors; }

void refuse_planned(std::string_view name_or_spec) {
    const std::string_view name = name_or_spec.substr(0, name_or_spec.find(':'));
    for (const auto& [list, kind] : {std::pair{&all().scenarios, "scenario"}, std::pair{&all().detectors, "detector"}})
        for (const Planned& planned : *list)
            if (planned.name == name)
                throw BadInput(fmt::format("the {} {} is planned and does not exist yet; instead: {}", kind, name,
                                           planned.instead));
}

} // namespace halfopen
