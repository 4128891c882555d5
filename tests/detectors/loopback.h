#pragma once
// A detector at work on a real TCP connection over 127.0.0.1: the server's end is watched in a thread, the
// client's end belongs to the test.

#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "support/catch.h"

#include "detectors/detector.h"

namespace halfopen::loopback {

/// A descriptor that closes itself.
class Socket {
public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() { close(); }
    int fd() const { return fd_; }
    void close();

private:
    int fd_;
};

/// The server's end as a detector sees it. A "pong" among the bytes counts as one.
class LoopbackConnection : public Connection {
public:
    explicit LoopbackConnection(int fd);
    int fd() const override { return fd_; }
    void received(std::span<const char> bytes) override;
    Instant last_message() const override { return last_message_; }
    Instant last_pong() const override { return last_pong_; }
    int write_due_fd() const override { return due_.fd(); }
    std::vector<char> take_due() override;
    std::vector<char> ping() override { return {'p', 'i', 'n', 'g'}; }

    /// Gives the server something to write.
    void make_due(std::string bytes);
    std::string all_received() const;

private:
    int fd_;
    Socket due_;
    mutable std::mutex mutex_;
    std::string received_, to_write_;
    std::atomic<Instant> last_message_, last_pong_;
};

/// What a detector has said.
struct Said {
    std::optional<Verdict> verdict;
    std::string signal;
};

class Notebook : public Out {
public:
    using Out::gone;
    void eof(std::string_view signal) override { said = {Verdict::eof, std::string(signal)}; }
    void gone(std::string_view signal) override { said = {Verdict::gone, std::string(signal)}; }
    void suspect() override { opine(true); }
    void trust() override { opine(false); }
    /// Suspicions are true, their returns false.
    std::vector<bool> opinions() const {
        const std::lock_guard lock(mutex_);
        return opinions_;
    }
    Said said;

private:
    void opine(bool suspects) {
        const std::lock_guard lock(mutex_);
        opinions_.push_back(suspects);
    }
    mutable std::mutex mutex_;
    std::vector<bool> opinions_;
};

/// Watches from its construction until the verdict. The client's end is `client`.
class Watched {
public:
    explicit Watched(std::string_view spec);
    ~Watched();

    /// The client's end.
    void client_says(const std::string& bytes);
    std::string client_hears();
    void client_closes() { client_.close(); }
    void client_shuts_down();
    void client_resets();
    /// The server's end is closed under the detector: for those that do not use it.
    void server_closes() { server_.close(); }
    /// Sends a signal, whose handler was set without SA_RESTART, to the watching thread.
    void signal();

    LoopbackConnection& server() { return connection_; }
    std::vector<bool> opinions() const { return notebook_.opinions(); }
    bool quiet_for(Duration);
    /// The verdict; empty when none comes within five seconds.
    Said verdict();

private:
    explicit Watched(std::string_view spec, std::pair<int, int> ends);
    Socket client_, server_;
    LoopbackConnection connection_;
    Notebook notebook_;
    std::unique_ptr<Detector> detector_;
    std::future<void> done_;
    std::thread thread_;
};

struct Expectation {
    std::string_view spec;
    Verdict verdict;
    std::string_view signal;
};

inline void expect(Watched& watched, const Expectation& expected) {
    const Said said = watched.verdict();
    INFO(expected.spec << " said \"" << said.signal << "\"");
    REQUIRE(said.verdict);
    CHECK(*said.verdict == expected.verdict);
    CHECK(said.signal == expected.signal);
}

} // namespace halfopen::loopback
