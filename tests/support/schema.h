#pragma once
// The contract of the records, harness/trial/record.schema.json, as something that a line can be held against.

#include <stdexcept>
#include <string>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/utils/nlohmann_json_utils.hpp>
#include <valijson/validator.hpp>

#include "support/source_tree.h"

namespace halfopen::testing {

class Schema {
public:
    Schema() {
        nlohmann::json document;
        if (!valijson::utils::loadDocument(source_tree() + "/harness/trial/record.schema.json", document))
            throw std::runtime_error("record.schema.json cannot be read");
        valijson::SchemaParser(valijson::SchemaParser::kDraft7)
            .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema_);
    }
    bool holds(const std::string& line) const {
        const auto json = nlohmann::json::parse(line);
        valijson::Validator validator;
        return validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(json), nullptr);
    }

private:
    valijson::Schema schema_;
};

} // namespace halfopen::testing
