// Every fault that a scenario can name. An explicit list: objects that register themselves are dropped by the linker
// when they sit in a static library.

#include <algorithm>
#include <array>

#include "scenarios/faults/fault.h"

#define HALFOPEN_FAULTS(FAULT)                                                                                         \
    FAULT(nothing)                                                                                                     \
    FAULT(drop)                                                                                                        \
    FAULT(drop_from_client)                                                                                            \
    FAULT(drop_to_client)                                                                                              \
    FAULT(blackhole_route)                                                                                             \
    FAULT(unreachable_route)                                                                                           \
    FAULT(refuse_host)                                                                                                 \
    FAULT(refuse_net)                                                                                                  \
    FAULT(refuse_port)                                                                                                 \
    FAULT(refuse_admin)                                                                                                \
    FAULT(drop_data)                                                                                                   \
    FAULT(drop_large)                                                                                                  \
    FAULT(forget_nat)                                                                                                  \
    FAULT(forget_nat_reset)                                                                                            \
    FAULT(forget_nat_rebind)                                                                                           \
    FAULT(reject_with_reset)                                                                                           \
    FAULT(go_dark)                                                                                                     \
    FAULT(client_cable_pulled)                                                                                         \
    FAULT(thin_pipe)                                                                                                   \
    FAULT(delay)                                                                                                       \
    FAULT(jitter)                                                                                                      \
    FAULT(lose)                                                                                                        \
    FAULT(reorder)                                                                                                     \
    FAULT(duplicate)                                                                                                   \
    FAULT(corrupt)                                                                                                     \
    FAULT(forge_reset)                                                                                                 \
    FAULT(forge_reset_inexact)                                                                                         \
    FAULT(close_socket)                                                                                                \
    FAULT(close_behind_data)                                                                                           \
    FAULT(shut_write)                                                                                                  \
    FAULT(reset_socket)                                                                                                \
    FAULT(forget_socket)                                                                                               \
    FAULT(kill)                                                                                                        \
    FAULT(kill_unread)                                                                                                 \
    FAULT(kill_parent)                                                                                                 \
    FAULT(process_exit)                                                                                                \
    FAULT(destroy_socket)                                                                                              \
    FAULT(drop_behind_proxy)                                                                                           \
    FAULT(move_address)                                                                                                \
    FAULT(shut_down)                                                                                                   \
    FAULT(hang_worker)                                                                                                 \
    FAULT(stop_reading)                                                                                                \
    FAULT(read_slowly)                                                                                                 \
    FAULT(starve)                                                                                                      \
    FAULT(stop)                                                                                                        \
    FAULT(signal_storm)                                                                                                \
    FAULT(signal_storm_restart)                                                                                        \
    FAULT(stop_server)                                                                                                 \
    FAULT(signal_with_fin)                                                                                             \
    FAULT(server_link_down)                                                                                            \
    FAULT(server_cable_pulled)                                                                                         \
    FAULT(server_blackhole)                                                                                            \
    FAULT(server_unreachable)                                                                                          \
    FAULT(server_prohibit)                                                                                             \
    FAULT(flap)                                                                                                        \
    FAULT(server_egress_drop)                                                                                          \
    FAULT(server_shut_write)                                                                                           \
    FAULT(server_close)                                                                                                \
    FAULT(client_connects)                                                                                             \
    FAULT(drop_last_ack)

namespace halfopen {

namespace faults {
#define HALFOPEN_DECLARE(fault) extern const FaultKind fault;
HALFOPEN_FAULTS(HALFOPEN_DECLARE)
} // namespace faults

namespace {
#define HALFOPEN_LIST(fault) &faults::fault,
const std::array all{HALFOPEN_FAULTS(HALFOPEN_LIST)};
} // namespace

std::span<const FaultKind* const> fault_kinds() { return all; }

const FaultKind* find_fault(std::string_view name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](auto* kind) { return kind->about.name == name; });
    return found == all.end() ? nullptr : *found;
}

} // namespace halfopen
