#pragma once
// The two processes of a world. Each is forked by the launcher, holds its end of the connection as descriptor 3
// and its end of a control channel as descriptor 4, and obeys one-byte commands.

#include "detectors/detector.h"
#include "harness/base/traffic.h"
#include "harness/lab/slot.h"
#include "harness/linux/fd.h"

namespace halfopen {

enum class ClientDo : char {
    start = 's',       ///< proof of life; hellos and traffic begin
    send_frame = 'f',  ///< one data frame
    close = 'c',       ///< close(): FIN, or RST when something is unread
    shut_write = 'w',  ///< shutdown(SHUT_WR): FIN; goes on reading
    reset = 'r',       ///< SO_LINGER 0, then close(): RST
    forget = 'x',      ///< TCP_REPAIR, then close(): not a word
    close_behind_data = 'b', ///< ten data frames and the FIN behind them, in one segment
    hang = 'h',        ///< the worker does nothing any more, and obeys nothing; threads go on
    read_slowly = 't', ///< so many bytes in a second as the world says, and no more
    stop_reading = 'u', ///< what comes from now on lies unread
    inherit = 'i',      ///< a child that only holds the socket; it ends with the world
    end = 'e',          ///< exit(); there is no answer
    attend = 'v',      ///< the command behind it is to be carried out when it is due, which the slot tells
    connect = 'k',     ///< connect(), without waiting for an answer
    ask_first = 'q',   ///< a plain client says its hello once more, just before it does the next of these
};

enum class ServerDo : char {
    start = 's',       ///< the detector begins to watch
    storm = 'a',       ///< SIGALRM every `signal_interval`, until calm
    restarting_storm = 'r', ///< the same, with a handler that has SA_RESTART
    calm = 'n',
    close = 'c',       ///< the program calls close(), and goes on without the connection
};

/// What a world is for.
struct WorldSpec {
    const Detector* detector = nullptr;
    Traffic traffic = Traffic::idle;
    Duration signal_interval{0}; ///< above zero: the server can be told to storm
    /// A client that ends leaves to its kernel what to say, FIN or RST; in all other worlds a role that ends leaves nothing.
    bool killed_client_says_goodbye = false;
    Duration one_way{0}; ///< the link's delay, each way
    unsigned reads_per_second = 0; ///< bytes, once the client reads slowly
    bool proxied = false; ///< the client's connection ends at a proxy in the router, which makes another to the server
    Stage stage = Stage::established;
};

/// The client's side of one of the commands that end or half-end its connection: a system call, and the stamp just
/// before it.
void fail_at_socket(ClientDo, Fd& socket, Slot&);
/// What a client's process does first: it keeps these descriptors as 3, 4, ... and becomes hard to disturb.
void settle_down_as_role(std::initializer_list<Fd*> keep);

/// The proxy: passes bytes on between its two connections, both ways, and says nothing of the end of either.
int run_proxy(Fd to_client, Fd to_server);
/// Whether the server's program has called accept() before the roles begin.
bool is_accepted(Stage);
/// Whether the client connects before the fault.
bool is_connected(Stage);

/// Bodies of the role processes; they return only when the control channel closes.
int run_client(const WorldSpec&, Slot&, Fd socket, Fd control);
/// `due` is the timer or the counter by which the supervisor asks the server to write, `noticed` the one that the server posts with
/// its verdict. `reports` is the ring in which the kernel reports the connection, where there is one.
int run_server(const WorldSpec&, Slot&, Fd socket, Fd control, Fd due, Fd noticed, Fd reports);

} // namespace halfopen
