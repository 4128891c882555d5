// Faults that the client's own system calls make: close, shutdown, reset, and the socket that was forgotten.

#include "scenarios/faults/by_hand.h"
#include "scenarios/faults/fault.h"

namespace halfopen::faults {

namespace {

class ClientCall : public FaultBase {
public:
    ClientCall(const FaultInfo& about, ClientDo command, const char* python)
        : FaultBase(about), command_(command), python_(python) {}
    bool alert(World& world, Instant due) override { return world.alert_client(command_, due); }
    Bracket fire(World& world) override { return world.tell_client(command_); }
    ByHand by_hand() const override { return {python_client(python_), true}; }

private:
    ClientDo command_;
    const char* python_;
};

struct CloseSocket final : ClientCall {
    explicit CloseSocket(const FaultInfo& about) : ClientCall(about, ClientDo::close, "s.close()") {}
};

struct CloseBehindData final : ClientCall {
    explicit CloseBehindData(const FaultInfo& about)
        : ClientCall(about, ClientDo::close_behind_data,
                     "s.setsockopt(6, 3, 1); s.sendall(b\"x\" * 1000); s.close()  # TCP_CORK") {}
};

struct ShutWrite final : ClientCall {
    explicit ShutWrite(const FaultInfo& about)
        : ClientCall(about, ClientDo::shut_write, "s.shutdown(socket.SHUT_WR)") {}
};

struct ResetSocket final : ClientCall {
    explicit ResetSocket(const FaultInfo& about)
        : ClientCall(about, ClientDo::reset,
                     "s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(\"ii\", 1, 0)); s.close()") {}
};

/// What a power cut and a reboot do to a connection: the host is there again and does not know it. No packet leaves,
/// and the next segment that arrives is answered by RST (RFC 9293, 3.5.1).
struct ForgetSocket final : ClientCall {
    explicit ForgetSocket(const FaultInfo& about)
        : ClientCall(about, ClientDo::forget, "s.setsockopt(6, 19, 1); s.close()  # TCP_REPAIR") {}
    Bracket fire(World& world) override {
        const Bracket bracket = ClientCall::fire(world);
        world.canary().forget_client();
        return bracket;
    }
};

/// The goodbye is delivered inside the call, and a server that it wakes may run on the client's processor before the call
/// has returned: up to a millisecond where its code is cold. The edge before the call is what counts.
constexpr Duration server_wakes_inside = std::chrono::milliseconds{2};

} // namespace

extern const FaultKind close_socket, close_behind_data, shut_write, reset_socket, forget_socket;
const FaultKind close_socket{{.name = "close",
                              .summary = "the client calls close(): FIN",
                              .effect = Effect::fin,
                              .path = Passage::passes,
                              .needs = {},
                              .by_client = true,
                              .bracket_limit = server_wakes_inside},
                             make_fault<CloseSocket>};
const FaultKind close_behind_data{{.name = "close-behind-data",
                                   .summary = "the client writes 1000 bytes and calls close(): data and FIN in one segment",
                                   .effect = Effect::fin,
                                   .path = Passage::passes,
                                   .needs = {},
                                   .by_client = true,
                                   .particulars = {.data_before_fin = true},
                                   .of_our_client = true,
                                   .bracket_limit = server_wakes_inside},
                                  make_fault<CloseBehindData>};
const FaultKind shut_write{{.name = "shutdown-write",
                            .summary = "the client calls shutdown(SHUT_WR): FIN, and goes on reading",
                            .effect = Effect::half_close,
                            .path = Passage::passes,
                            .needs = {},
                            .by_client = true,
                            .bracket_limit = server_wakes_inside},
                           make_fault<ShutWrite>};
const FaultKind reset_socket{{.name = "reset",
                              .summary = "the client closes with SO_LINGER 0: RST",
                              .effect = Effect::reset,
                              .path = Passage::passes,
                              .needs = {},
                              .by_client = true,
                              .bracket_limit = server_wakes_inside},
                             make_fault<ResetSocket>};
const FaultKind forget_socket{{.name = "forget",
                               .summary = "the client's kernel forgets the connection without a word",
                               .effect = Effect::reset_on_send,
                               .path = Passage::reset,
                               .needs = {},
                               .by_client = true},
                              make_fault<ForgetSocket>};

} // namespace halfopen::faults
