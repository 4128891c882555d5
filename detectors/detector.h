#pragma once
// A detector is one method of noticing that the client is gone, with its settings.
//
// It has three verbs: describe (data), predict (pure), watch (the code that a server would run). To add one,
// copy noop.cpp, write its page beside it, and add one line to catalogue.cpp.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detectors/theory/prediction.h"
#include "detectors/theory/situation.h"
#include "detectors/theory/socket_timers.h"
#include "harness/base/address.h"

namespace halfopen {

/// Which of the two jobs at a socket a detector does itself. send(), recv() and SO_ERROR all take the one
/// pending error (sock_error() in the kernel), so a second reader or writer would steal what the detector
/// waits for. The harness's traffic does the jobs that are left over.
enum class Job { reads, writes, both, neither };

enum class Form { none, as_stated, done_right };

/// What a method lives on. Reports of many methods show one family after the other.
enum class MethodFamily {
    waiting,  ///< reading, and waiting for something to read
    writing,  ///< what becomes of what was written
    timers,   ///< the kernel's own timers, which it arms
    outside,  ///< what the host knows, or sees, without the socket
    protocol, ///< the application's own protocol: both programs take part, or both hosts
};

/// One setting of a detector, as `list detectors --json` shows it.
struct SettingInfo {
    enum class Unit { duration, count, choice };
    std::string_view name;
    std::string_view fallback; ///< the default, spelled as on the command line; "none" leaves the setting out
    Unit unit = Unit::duration;
    std::string_view meaning;
    /// Smallest and largest value that makes sense: nanoseconds for durations, a plain number for counts.
    /// TCP_KEEPIDLE and TCP_KEEPINTVL hold 1..32767 s and TCP_KEEPCNT 1..127 (tcp(7), include/net/tcp.h).
    int64_t least = 1;
    int64_t most = 0;              ///< 0: no bound of its own
    std::string_view choices = {}; ///< for a choice: "worker|thread"
};

/// One of a method's needs: the client's program says hello, or answers.
inline constexpr std::string_view clients_cooperation = "the client's cooperation";

/// What is known of a method without running it.
struct Description {
    std::string_view name;    ///< as on the command line: "keepalive+user-timeout"
    std::string_view label;   ///< for people, without settings: "keepalive"
    MethodFamily family = MethodFamily::waiting;
    std::string_view summary; ///< one sentence that names the call, option or field it is about
    int law = 0;              ///< 1..5, or 0
    Form form = Form::none;
    Job job = Job::reads;
    bool folklore = false;
    /// It looks from outside, by the connection's addresses: it works without a descriptor, so before accept() and after
    /// close() too.
    bool outside = false;
    std::vector<std::string_view> needs; ///< root, eBPF, "module NAME", clients_cooperation
    std::vector<SettingInfo> settings;
};

/// "reading and waiting", "folklore": the family's name for people. Folklore is one, whatever it lives on.
std::string_view family_name(const Description&);

/// A detector's settings with all defaults filled in, in the order of its description. Values are kept as
/// spelled (canonically), and read with the type that the description gives them.
class Settings {
public:
    Settings() = default;
    explicit Settings(std::vector<std::pair<std::string, std::string>> values) : values_(std::move(values)) {}
    bool has(std::string_view name) const;
    Duration duration(std::string_view name) const;
    int count(std::string_view name) const;
    std::string_view choice(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& values() const { return values_; }

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

/// When a detector's clock ticks, so that the harness can fire the fault at a chosen phase of it.
struct Timing {
    /// What the detector's period counts from: "last segment received", "last message received", "last ping",
    /// "last look"; empty for a detector that only waits for events.
    std::string_view anchor;
    Duration period{0}; ///< repeats spread the fault over this; zero without an anchor
    /// How long the link rests under the detector's eyes before the phase begins. A detector that convicts an
    /// idle link shows it in this time.
    Duration lead{0};
    /// The silence that the detector bears before it convicts: what "0.5 limit" in a scenario refers to. Zero
    /// when it has none.
    Duration limit{0};
};

/// Parameters of a kernel by their names, for one network namespace: {"net.ipv4.tcp_retries2", "8"}.
using KernelParameters = std::vector<std::pair<std::string, std::string>>;

/// The two ends of a connection, seen from the server.
struct Ends {
    Endpoint server, client;
};

/// The server's end of the connection, as a detector sees it.
class Connection {
public:
    virtual ~Connection() = default;
    /// The connected TCP socket, blocking.
    virtual int fd() const = 0;
    /// What names the connection to methods that have no descriptor (Description::outside), known also before accept()
    /// and after close(). Nothing for a socket that is over already and was never asked.
    virtual std::optional<Ends> ends() const;
    /// Hands over bytes that the detector has read, so that frames are taken apart and requests are answered.
    /// A detector that reads calls it for every byte it takes off the socket.
    virtual void received(std::span<const char> bytes) = 0;
    /// When the last whole frame, and the last pong, was handed over; the start of watching before the first.
    virtual Instant last_message() const = 0;
    virtual Instant last_pong() const = 0;
    /// Becomes readable when the traffic profile has something for the server to write. Only for detectors
    /// that write (Job::writes, Job::both).
    virtual int write_due_fd() const = 0;
    /// Takes what is due: the bytes to send now; empty when nothing is due.
    virtual std::vector<char> take_due() = 0;
    /// The bytes of one ping frame; the client's worker answers it with a pong.
    virtual std::vector<char> ping() = 0;
};

/// Where a detector says what it has found. The stamp is taken inside the call, first of all.
class Out {
public:
    virtual ~Out() = default;
    /// The client will send no more. `signal` is what was seen: "recv: 0".
    virtual void eof(std::string_view signal) = 0;
    /// The connection is dead. `signal` is what was seen: "recv: ETIMEDOUT".
    virtual void gone(std::string_view signal) = 0;
    /// The same with an errno: "recv", ETIMEDOUT gives "recv: ETIMEDOUT".
    void gone(std::string_view call, int error_number);
    /// A suspicion that may be taken back, and its return (T_M, P_A of Chen, Toueg and Aguilera, 2002).
    virtual void suspect() = 0;
    virtual void trust() = 0;
};

class Detector {
public:
    virtual ~Detector() = default;
    virtual const Description& describe() const = 0;
    virtual const Settings& settings() const = 0;
    /// The law that it stands for with these settings, 0 for none: law 4 is 60/5/3, and keepalive with other numbers
    /// is another method.
    virtual int law() const { return describe().law; }
    /// For people, with settings: "keepalive 60/5/3".
    virtual std::string label() const = 0;
    virtual Timing timing() const { return {}; }
    /// The kernel timers that watch() sets on the socket; the harness reads them back before the fault.
    virtual SocketTimers socket_timers() const { return {}; }
    /// What it wants of the server's kernel: the harness sets it before the connection is made, reads it back, and
    /// predicts with it.
    virtual KernelParameters kernel_parameters() const { return {}; }
    /// What the packet filter of its host holds, in the language of nft(8); loaded before the connection is made.
    virtual std::string packet_filter() const { return {}; }
    /// Why this kernel cannot run it: "io_uring is refused". Empty when it can.
    virtual std::string why_not_here() const { return {}; }
    /// How often the client must say hello by itself; zero when it need not.
    virtual Duration hello_interval() const { return Duration{0}; }
    /// How often the client must send a datagram to the server's address and port; zero when it need not.
    virtual Duration datagram_interval() const { return Duration{0}; }
    /// In buffer-full: it has more to send than the buffer holds, and waits in send() until there is room for it.
    virtual bool blocks_in_send() const { return false; }
    /// True when the client answers pings from a thread of its own instead of its worker.
    virtual bool pong_from_thread() const { return false; }
    /// Pure: never, or a window, and the rule in words.
    virtual Prediction predict(const Situation&) const = 0;
    /// Blocks until it commits to a verdict, then returns; one that never does is ended by the harness.
    virtual void watch(Connection&, Out&) const = 0;
    /// Why this cell cannot be run at all: "never writes in idle traffic". Empty when it can.
    virtual std::string skip_reason(Traffic) const { return {}; }
};

/// One entry of the catalogue.
struct Method {
    Description about;
    std::unique_ptr<Detector> (*make)(const Description&, Settings);
};

/// Every method, in the order of the report's rows: the laws first, the control last.
std::span<const Method* const> methods();

/// A detector from its spec, "keepalive:idle=60s,interval=5s,count=3". Settings that are left out take their
/// defaults. BadInput names what is wrong and the nearest name.
std::unique_ptr<Detector> make_detector(std::string_view spec);

/// The canonical spec: the name and every setting that has a value, in the order of the description.
std::string spec_of(const Detector&);

/// The common part of all detectors: keeps the description and the settings.
class DetectorBase : public Detector {
public:
    DetectorBase(const Description& about, Settings settings)
        : about_(about), settings_(std::move(settings)) {}
    const Description& describe() const override { return about_; }
    const Settings& settings() const override { return settings_; }
    std::string label() const override { return std::string(about_.label); }

private:
    const Description& about_;
    Settings settings_;
};

template <typename D> std::unique_ptr<Detector> make(const Description& about, Settings settings) {
    return std::make_unique<D>(about, std::move(settings));
}

} // namespace halfopen
