// Faults of the router that lose some packets and pass others: by chance, or all of them for a while, again and again.
// The packet filter can do both on every kernel, so nothing here needs netem.

#include <optional>

#include <sys/socket.h>

#include "harness/base/error.h"
#include "harness/linux/process.h"
#include "harness/linux/ruleset.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

constexpr const char* table = "fault";

void load_asleep(const World& world, const std::string& verdict) {
    world.enter_router();
    load_rules(fmt::format("table ip {} {{ flags dormant; chain path {{ type filter hook prerouting priority raw; policy "
                           "accept; {}; }}; }}",
                           table, verdict));
}

/// Every packet comes in by one of the router's ports once, and is judged there by a number that the kernel draws.
class Lose final : public FaultBase {
public:
    Lose(const FaultInfo& about, const FaultSettings& settings)
        : FaultBase(about), percent_(settings.impairment.loss_percent) {}
    void arm(World& world) override {
        load_asleep(world, fmt::format("numgen random mod 100 < {} counter drop", percent_));
        rules_.emplace(table);
    }
    Bracket fire(World&) override { return stamped([this] { rules_->wake(); }); }
    void heal(World&) override { rules_->sleep(); }
    std::string why_not_bitten(World&) const override {
        return rules_->is_awake() ? "" : "the rules in the router are still asleep";
    }
    std::string why_not_healed(World&) const override {
        return rules_->is_awake() ? "the rules in the router are still awake" : "";
    }
    ByHand by_hand() const override {
        return {fmt::format("ip netns exec $ROUTER iptables -t raw -A PREROUTING -m statistic --mode random --probability "
                            "{:.2f} -j DROP",
                            percent_ / 100.0)};
    }

private:
    int percent_;
    mutable std::optional<DormantTable> rules_;
};

/// The rules wake and sleep by turns. A process of its own keeps the beat, because whoever fires faults has others to
/// fire; it ends with the world.
class Flap final : public FaultBase {
public:
    Flap(const FaultInfo& about, const FaultSettings& settings)
        : FaultBase(about), away_(settings.away), back_(settings.back) {}
    void arm(World& world) override {
        load_asleep(world, "counter drop");
        rules_.emplace(table);
        auto [ours, its] = socket_pair(SOCK_STREAM);
        switch_ = fork_process([&] {
            keep_only({&its});
            return by_turns(its);
        });
        start_ = std::move(ours);
    }
    Bracket fire(World&) override {
        const Bracket bracket = stamped([this] { rules_->wake(); });
        check(send(start_.get(), &bracket.after, sizeof bracket.after, MSG_NOSIGNAL), "starting to flap");
        return bracket;
    }
    std::string why_not_bitten(World&) const override {
        if (switch_.state() != Process::State::running) return "the process that flaps the path has ended";
        return rules_->is_awake() ? "" : "the rules in the router are asleep, and it is not their turn";
    }
    ByHand by_hand() const override {
        constexpr const char* line = "ip netns exec $ROUTER iptables -t raw -{} PREROUTING -j DROP";
        return {fmt::format("(while {}; sleep {}; {}; do sleep {}; done) 2>/dev/null &", fmt::format(line, "A"),
                            in_parts(away_), fmt::format(line, "D"), in_parts(back_))};
    }

private:
    static std::string in_parts(Duration d) { return fmt::format("{}", std::chrono::duration<double>(d).count()); }

    int by_turns(const Fd& start) const {
        DormantTable rules(table);
        Instant next{};
        if (recv(start.get(), &next, sizeof next, MSG_WAITALL) != sizeof next) return 0;
        for (;;) {
            sleep_until(next += away_);
            rules.sleep();
            sleep_until(next += back_);
            rules.wake();
        }
    }

    Duration away_, back_;
    mutable std::optional<DormantTable> rules_;
    Fd start_;
    Process switch_;
};

} // namespace

extern const FaultKind lose, flap;
const FaultKind lose{{.name = "lose",
                      .summary = "`loss_percent` of the packets in each direction are lost, by chance",
                      .effect = Effect::lossy,
                      .path = Passage::unchecked,
                      .needs = {"nf_tables", "nft_numgen"},
                      .keys = {"loss_percent"},
                      .heals = true},
                     make_fault<Lose>};
const FaultKind flap{{.name = "flap",
                      .summary = "no packet passes for `away`, every packet for `back`, again and again",
                      .effect = Effect::flapping,
                      .path = Passage::unchecked,
                      .needs = {"nf_tables"},
                      .keys = {"away", "back"}},
                     make_fault<Flap>};

} // namespace halfopen::faults
