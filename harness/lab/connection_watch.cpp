#include "harness/lab/connection_watch.h"

#include <algorithm>

#include <netinet/tcp.h>

namespace halfopen {

using namespace std::chrono_literals;

namespace {

constexpr Duration finest = 2ms;

/// The program has closed a connection whose client had said nothing: its own FIN is out, and no descriptor is left.
bool is_closed_by_program(const TcpSocket& s) { return s.inode == 0 && s.state != TCP_ESTABLISHED && s.state != TCP_SYN_RECV; }

} // namespace

ConnectionWatch::ConnectionWatch(const ServerProgram& program, SocketStates* instants)
    // The socket that hears belongs to the namespace that the thread is in when it is made.
    : program_((program.network().enter(), program)), instants_(instants) {
    if (instants_) instants_->watch(program.network());
}

ConnectionWatch::~ConnectionWatch() {
    if (instants_) instants_->forget(program_.network());
}

void ConnectionWatch::follow(Ipv4 client) { fates_[client.bytes[3]]; }

bool ConnectionWatch::has_others(Ipv4 client) const {
    return std::any_of(fates_.begin(), fates_.end(), [&](const auto& f) { return f.first != client.bytes[3] && f.second.is_there(); });
}

Instant ConnectionWatch::next_look() const {
    const Duration since = MonotonicClock::now() - last_fired_;
    return last_look_ + std::max({finest, since / 200, 20 * cost_of_look_});
}

void ConnectionWatch::look() {
    const Instant now = MonotonicClock::now();
    const auto sockets = program_.sockets().read();
    const Seen looked{now, MonotonicClock::now()};
    std::map<int, const TcpSocket*> seen;
    for (const TcpSocket& s : sockets)
        if (s.local.port == program_.port() && s.state != TCP_LISTEN) seen[s.remote.address.bytes[3]] = &s;
    for (auto& [place, fate] : fates_) {
        if (fate.let_go) continue;
        const auto found = seen.find(place);
        if (found != seen.end())
            see(fate, *found->second, looked);
        else if (fate.last && !fate.given_up)
            fate.given_up = Seen{last_look_, now};
    }
    last_look_ = now;
    cost_of_look_ = MonotonicClock::now() - now;
}

void ConnectionWatch::see(Fate& fate, const TcpSocket& s, const Seen& looked) {
    const Seen between{last_look_, looked.after};
    if (s.state == TCP_CLOSE_WAIT && !fate.fin) fate.fin = between;
    if (fate.last && is_closed_by_program(s)) {
        fate.let_go = between;
        // LAST_ACK: the FIN was there first, and came and was answered between two looks.
        fate.closed_alive = !fate.fin && s.state != TCP_LAST_ACK;
    }
    fate.last = s;
    fate.looked = looked;
}

bool ConnectionWatch::take(const SocketChange& change) {
    const auto found = fates_.find(change.remote.address.bytes[3]);
    if (change.network_namespace != program_.network().inode() || change.local.port != program_.port() || found == fates_.end())
        return false;
    Fate& fate = found->second;
    const Seen exactly{change.at, change.at};
    if (change.to == TCP_CLOSE_WAIT) fate.fin = exactly;
    // After a close() of the program's own the end of what is left says nothing.
    if (change.gave_up() && (change.from == TCP_ESTABLISHED || change.from == TCP_CLOSE_WAIT)) {
        fate.given_up = exactly;
        fate.error = change.error;
    }
    return true;
}

bool ConnectionWatch::hear() {
    bool news = false;
    const Instant now = MonotonicClock::now();
    while (const auto cookie = freed_.next())
        for (auto& [place, fate] : fates_)
            if (fate.last && fate.last->cookie == *cookie && !fate.let_go) {
                fate.let_go = Seen{now, now};
                if (!fate.given_up) fate.given_up = Seen{last_look_, now};
                news = true;
            }
    return news;
}

} // namespace halfopen
