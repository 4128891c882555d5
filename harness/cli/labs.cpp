#include "harness/cli/labs.h"

#include <algorithm>

#include <unistd.h>

#include "harness/base/error.h"
#include "harness/base/files.h"
#include "harness/lab/capacity.h"
#include "harness/lab/program_files.h"
#include "harness/lab/supervisor.h"
#include "harness/linux/command.h"
#include "harness/linux/machine.h"
#include "harness/trial/modules.h"
#include "harness/trial/rehearsal.h"
#include "harness/trial/virtual_session.h"
#include "reports/text.h"

namespace halfopen {

using namespace std::chrono_literals;

namespace {

GuestKernel default_kernel() {
    const auto kernels = cached_kernels();
    if (kernels.empty())
        throw CannotHere("the virtual lab has no kernel yet; to get one (no root, nothing is installed): halfopen "
                         "kernels get");
    return kernels.front();
}

/// The floor of the machine is measured first, in worlds of its own.
constexpr Duration before_the_first_trial = 2s;

int machines(const LabChoice& lab) { return lab.jobs > 0 ? lab.jobs : online_cpus(); }

/// A virtual machine boots for some seconds, and the guest's processor is slower than ours.
Duration expected_in_machines(const Plan& plan, int machines) {
    Duration sum = static_cast<int>(cut(plan).size() + 1) * 3500ms;
    for (const PlannedTrial& t : plan.trials)
        if (t.skip.empty()) sum += expected_cost(t);
    return sum / machines + 1s;
}

/// Of a whole run, if nothing else runs beside it.
Duration expected_of(const LabChoice& lab, const Plan& plan) {
    return lab.guest ? expected_in_machines(plan, machines(lab))
                     : before_the_first_trial + rehearse(plan.trials, plan.seed, measure_capacity().worlds);
}

/// An estimate has no decimals.
std::string say_roughly(Duration d) {
    return d < 100s ? fmt::format("{} s", (d + 999ms) / 1s) : say(std::chrono::duration_cast<std::chrono::seconds>(d));
}

/// In virtual time nobody need go without what takes long.
std::string say_later(const Plan& plan) {
    int later = 0;
    Duration latest{0};
    for (const PlannedTrial& t : plan.trials) {
        if (!t.skip.empty() || t.planned->kind != Prediction::Kind::window || t.planned->after.from <= t.horizon) continue;
        ++later;
        latest = std::max(latest, t.planned->after.to);
    }
    if (later == 0) return {};
    const auto hours = latest / 1h + 1;
    return fmt::format("; {} trials are due only after that, --horizon {}h would show them", later, hours);
}

/// "15.0 s", or "15.0 s to 3 h 0 min" where a plan asks for both.
std::string say_watched(const Plan& plan) {
    Duration least = Duration::max(), most{0};
    for (const PlannedTrial& t : plan.trials) {
        least = std::min(least, t.horizon);
        most = std::max(most, t.horizon);
    }
    return least == most ? say(most) : fmt::format("{} to {}", say(least), say(most));
}

/// Longer than that nobody waits on the wall to see the server's keepalive at another phase.
constexpr Duration sweep_of_own_server = 10s;

/// One server, so one guest. It finds the environment that it would find here.
std::vector<Portion> one_portion(const Plan& plan, OwnServer server) {
    for (char** own = environ; *own; ++own) server.command.environment.emplace_back(*own);
    Portion portion{false, plan.trials, server};
    std::erase_if(portion.trials, [](const PlannedTrial& t) { return !t.skip.empty(); });
    return {portion};
}

std::string luggage_of(const OwnServer& server) { return program_initramfs(server.command, server.client.command, server.with); }

} // namespace

std::string LabChoice::kernel() const { return guest ? guest->release : kernel_release(); }

LabChoice choose_lab(const std::string& lab, const std::string& kernel, int jobs) {
    if (lab == "virtual") return {.guest = kernel.empty() ? default_kernel() : find_guest_kernel(kernel), .jobs = jobs};
    if (!kernel.empty()) throw BadInput("--kernel names a guest's kernel; it needs --lab virtual");
    return {.guest = std::nullopt, .jobs = jobs};
}

void must_run_here(const LabChoice& lab) {
    if (lab.guest) {
        if (const std::string why = why_no_emulator(); !why.empty()) throw CannotHere("the virtual lab needs QEMU: " + why);
    } else if (const std::string why = why_no_user_namespaces(); !why.empty()) {
        throw CannotHere(why + "; or, with no privilege at all, --lab virtual; see halfopen doctor");
    }
}

std::optional<KernelFacts> facts_of_kernel(const LabChoice& lab) {
    if (!lab.guest) return std::nullopt;
    KernelFacts kernel;
    kernel.hz = lab.guest->hz;
    return kernel;
}

Plan plan_for(const LabChoice& lab, Selection selection) {
    if (!lab.guest) return make_plan(selection);
    selection.virtual_time = true;
    selection.kernel = facts_of_kernel(lab);
    Plan plan = make_plan(selection);
    const auto missing = module_closure(*lab.guest, all_modules()).missing;
    for (PlannedTrial& trial : plan.trials)
        for (const std::string& module : modules_of(trial))
            if (trial.skip.empty() && std::find(missing.begin(), missing.end(), module) != missing.end())
                trial.skip = fmt::format("module {} not in kernel {}", module, lab.guest->release);
    return plan;
}

std::set<std::string> ids_of_others(const LabChoice& lab, const Plan& plan, const Shard& shard) {
    std::vector<std::vector<PlannedTrial>> parts;
    if (lab.guest)
        for (const Portion& portion : cut(plan)) parts.push_back(portion.trials);
    for (const PlannedTrial& t : plan.trials)
        if (!lab.guest || !t.skip.empty()) parts.push_back({t});
    std::vector<Duration> expected;
    for (const auto& part : parts) {
        expected.emplace_back(0);
        for (const PlannedTrial& t : part) expected.back() += lab.guest ? expected_cost(t) : expected_duration(t);
    }
    const std::set<size_t> own = dealt(expected, shard);
    std::set<std::string> others;
    for (size_t i = 0; i < parts.size(); ++i)
        if (!own.count(i))
            for (const PlannedTrial& t : parts[i]) others.insert(t.id);
    return others;
}

std::string say_bounds(const LabChoice& lab) {
    if (lab.guest)
        return fmt::format("at most {} virtual machines at a time, kernel {}", machines(lab), lab.guest->release);
    const Capacity capacity = measure_capacity();
    return fmt::format("at most {} worlds at once on this machine, bounded by {}", capacity.worlds, capacity.bound_by);
}

std::string say_shard(const LabChoice& lab, const Plan& plan, const std::string& shard) {
    const std::set<std::string> others = ids_of_others(lab, plan, parse_shard(shard));
    Plan own = plan;
    std::erase_if(own.trials, [&](const PlannedTrial& t) { return others.count(t.id) > 0; });
    return fmt::format("shard {}: {} of these {}, about {}", shard, own.trials.size(), counted(static_cast<int>(plan.trials.size()), "trial"),
                       say_roughly(expected_of(lab, own)));
}

std::string say_plan(const LabChoice& lab, const Plan& plan) {
    const auto longest = plan.longest_wait();
    const int skipped = static_cast<int>(plan.trials.size()) - plan.count_run();
    const Capacity capacity = measure_capacity();
    std::string text = counted(plan.count_run(), "trial");
    if (skipped) text += fmt::format(" (and {} that do not apply)", skipped);
    if (lab.guest) {
        text += " in " + counted(lab.server ? 1 : static_cast<int>(cut(plan).size()), "virtual machine");
        // How often a server of the user's wakes up is not known beforehand.
        if (!lab.server) text += fmt::format(", about {} if nothing else runs", say_roughly(expected_of(lab, plan)));
    } else {
        text += ", about " + say_roughly(expected_of(lab, plan));
    }
    if (longest.wait > 1s) text += fmt::format("; the longest wait is {}, {}", longest.label, say(longest.wait));
    text += fmt::format("; every failure is watched for {}", say_watched(plan));
    if (lab.guest) return text + " of virtual time, on kernel " + lab.kernel() + say_later(plan);
    if (capacity.worlds < plan.count_run())
        text += fmt::format("; at most {} worlds at once, bounded by {}", capacity.worlds, capacity.bound_by);
    return text;
}

std::unique_ptr<Session> open_lab(const LabChoice& lab, const Plan& plan, const std::set<std::string>& done) {
    const auto is_done = [&](const PlannedTrial& t) { return done.count(t.id) > 0; };
    if (!lab.guest) {
        LabTask task{plan.trials, plan.seed, lab.jobs};
        task.floor_samples = lab.floor_samples;
        task.server = lab.server;
        task.log = lab.log;
        task.sweep_up_to = sweep_of_own_server;
        std::erase_if(task.trials, is_done);
        return std::make_unique<NamespacesSession>(std::move(task));
    }
    VirtualTask task{*lab.guest, lab.server ? one_portion(plan, *lab.server) : cut(plan), {}, plan.seed, machines(lab)};
    if (lab.server) task.luggage = luggage_of(*lab.server);
    // A portion is repeated whole: its trials share a machine, so a part of it would be another measurement.
    std::erase_if(task.portions, [&](const Portion& p) { return std::all_of(p.trials.begin(), p.trials.end(), is_done); });
    for (const PlannedTrial& t : plan.trials)
        if (!t.skip.empty() && !is_done(t)) task.skipped.push_back(t);
    return std::make_unique<VirtualSession>(std::move(task));
}

std::optional<Guest> bound_to(const LabChoice& lab, const Plan& plan, const LabFacts& facts) {
    if (!lab.guest) return std::nullopt;
    return Guest{emulator_version(), sha256(read_text(find_on_path(emulator))), guest_machine_type, guest_cpu,
                 sha256(read_text(lab.guest->image)), facts.initramfs_digest,
                 static_cast<int>(cut(plan).size())};
}

} // namespace halfopen
