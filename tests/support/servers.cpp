#include "support/servers.h"

#include <cstdlib>
#include <fstream>
#include <string_view>

#include <pwd.h>

#include "harness/base/error.h"
#include "harness/linux/command.h"
#include "support/source_tree.h"

namespace halfopen::testing {

namespace fs = std::filesystem;

namespace {

constexpr uid_t nobody = 65534;

/// Whom the server is in the end, where it should not be root.
uid_t plain_user(const Place& place) { return place.uid == 0 ? nobody : place.uid; }

/// Puts `words` behind what makes user `from` user `to`; nothing where they are the same.
Words as_user(uid_t from, uid_t to, const Words& words) {
    if (from == to) return words;
    const std::string id = std::to_string(to);
    return Words{"setpriv", "--reuid", id, "--regid", id, "--clear-groups"} + words;
}

/// A folder that belongs to that user, who can also reach it: mkdtemp(3) makes folders that only we can enter.
fs::path folder_of(const Place& place, const std::string& name, uid_t owner) {
    const fs::path path = place.folder / name;
    fs::create_directory(path);
    if (owner != geteuid()) {
        fs::permissions(place.folder, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
        check(chown(path.c_str(), owner, owner), "giving {} to user {}", path.string(), owner);
    }
    return path;
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream file(path);
    if (!(file << text).flush()) throw CannotHere(fmt::format("{} cannot be written", path.string()));
}

std::string name_of(uid_t user) {
    const passwd* entry = getpwuid(user);
    if (!entry) throw CannotHere(fmt::format("user {} has no name in /etc/passwd, and sshd asks for one", user));
    return entry->pw_name;
}

std::string big_endian(uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
    return bytes;
}

} // namespace

fs::path servers_folder() {
    const char* set = std::getenv("HALFOPEN_SERVERS");
    return set ? fs::absolute(set) : fs::path(source_tree()) / "build/servers";
}

std::string why_no_servers() {
    const fs::path folder = servers_folder();
    if (!fs::exists(folder / "complete"))
        return fmt::format("there are no servers in {}; tests/support/servers fetches them", folder.string());
    for (fs::path path = folder; geteuid() == 0 && path != path.root_path(); path = path.parent_path())
        if ((fs::status(path).permissions() & fs::perms::others_exec) == fs::perms::none)
            return fmt::format("user {} cannot enter {}, where the servers are; set HALFOPEN_SERVERS to a folder that "
                               "everybody can read, and fetch them into it with tests/support/servers FOLDER",
                               nobody, path.string());
    return {};
}

Words unpacked(const std::string& program) {
    const fs::path folder = servers_folder();
    std::string path;
    for (const char* libraries : {"lib", "usr/lib"})
        for (const auto& entry : fs::directory_iterator(folder / libraries))
            if (entry.path().filename().string().ends_with("-linux-gnu"))
                path += (path.empty() ? "" : ":") + entry.path().string();
    return {"env", "LD_LIBRARY_PATH=" + path, (folder / program).string()};
}

std::string escaped(const std::string& bytes) {
    std::string text;
    for (const unsigned char byte : bytes)
        if (byte == '\r') text += "\\r";
        else if (byte == '\n') text += "\\n";
        else if (byte == '\\') text += "\\\\";
        else if (byte < 0x20 || byte > 0x7e) text += fmt::format("\\x{:02x}", byte);
        else text += static_cast<char>(byte);
    return text;
}

Server redis(const Place& place, const Words& options) {
    const Words words{"--port", std::to_string(place.port), "--bind", "0.0.0.0", "--protected-mode", "no",
                      "--daemonize", "no", "--save", "", "--appendonly", "no", "--dir", "/"};
    return {"redis", unpacked("usr/bin/redis-server") + words + options, "PING\r\n", "+PONG\r\n"};
}

Server nginx(const Place& place, const std::string& listen) {
    const fs::path folder = folder_of(place, "nginx", place.uid);
    std::string temporary;
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        temporary += fmt::format("    {}_temp_path {}/{};\n", kind, folder.string(), kind);
    // nginx would close a connection by itself after 75 s, and after 60 s one that has not asked for anything yet.
    write(folder / "nginx.conf",
          fmt::format("{}daemon off;\nworker_processes 1;\npid {}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{}"
                      "    access_log off;\n    keepalive_timeout 1h;\n    client_header_timeout 1h;\n"
                      "    server {{\n        listen 0.0.0.0:{} {};\n        location / {{ return 200 \"here\\n\"; }}\n"
                      "    }}\n}}\n",
                      place.uid == 0 ? "user nobody nogroup;\n" : "", folder.string(), temporary, place.port, listen));
    return {"nginx",
            unpacked("usr/sbin/nginx") +
                Words{"-p", folder.string(), "-e", "stderr", "-c", (folder / "nginx.conf").string()},
            "GET / HTTP/1.1\r\nHost: server\r\n\r\n", "HTTP/1.1 200 OK\r\n"};
}

// As root sshd wants a user of the name sshd and a folder /run/sshd, which a machine without it does not have. As any
// other user it can log in that user.
Server sshd(const Place& place, const Words& lines) {
    const uid_t user = plain_user(place);
    const fs::path folder = folder_of(place, "sshd", user);
    for (const char* key : {"host", "client"})
        if (!fs::exists(folder / key)) {
            const Words words{"-q", "-t", "ed25519", "-N", "", "-C", key, "-f", (folder / key).string()};
            output_of(as_user(geteuid(), user, unpacked("usr/bin/ssh-keygen") + words), {}, folder);
        }
    // LoginGraceTime: without it a client that has not logged in is thrown out after two minutes.
    std::string text = fmt::format("Port {}\nListenAddress 0.0.0.0\nHostKey {}/host\nAuthorizedKeysFile {}/client.pub\n"
                                   "PidFile none\nUsePAM no\nStrictModes no\nLoginGraceTime 0\nUseDNS no\n"
                                   "PasswordAuthentication no\nKbdInteractiveAuthentication no\n",
                                   place.port, folder.string(), folder.string());
    for (const std::string& line : lines) text += line + "\n";
    write(folder / "sshd_config", text);
    // Where shadow(5) cannot be read, libnss-systemd would say that user nobody is locked (nss-systemd(8)).
    const Words words = Words{"env", "SYSTEMD_NSS_BYPASS_SYNTHETIC=1"} + unpacked("usr/sbin/sshd");
    return {"sshd", as_user(place.uid, user, words + Words{"-D", "-e", "-f", (folder / "sshd_config").string()}),
            "SSH-2.0-halfopen\r\n", "SSH-2.0-"};
}

Server postgres(const Place& place, const Words& settings) {
    const uid_t user = plain_user(place);
    const fs::path folder = folder_of(place, "postgres", user), data = folder / "data";
    const std::string programs = "usr/lib/postgresql/15/bin/";
    if (!fs::exists(data)) {
        output_of(as_user(geteuid(), user,
                          unpacked(programs + "initdb") + Words{"-D", data.string(), "-U", "postgres", "-A", "trust",
                                                                "--no-sync", "--no-locale", "-E", "UTF8"}),
                  {}, folder);
        std::ofstream(data / "pg_hba.conf", std::ios::app) << "host all all 0.0.0.0/0 trust\n";
    }
    Words words{"-D", data.string(), "-p", std::to_string(place.port)};
    for (const char* setting : {"listen_addresses=0.0.0.0", "unix_socket_directories=", "fsync=off", "jit=off"})
        words = words + Words{"-c", setting};
    for (const std::string& setting : settings) words = words + Words{"-c", setting};
    using namespace std::string_literals;
    const std::string startup = "user\0postgres\0database\0postgres\0\0"s; // after the protocol's number, 3.0
    const std::string login = big_endian(static_cast<uint32_t>(startup.size()) + 8) + big_endian(3 << 16) + startup;
    // AuthenticationOk: R, length 8, 0.
    return {"postgres", as_user(place.uid, user, unpacked(programs + "postgres") + words), login,
            "R\0\0\0\x08\0\0\0\0"s};
}

Server in_python(const std::string& name, const Place& place, const std::string& listen) {
    const fs::path file = fs::path(source_tree()) / "tests/servers" / (name + ".py");
    return {name, {python(), file.string(), "--port", std::to_string(place.port), "--listen", listen}, "hello\n",
            "you said hello\n"};
}

Words ssh_session(const Place& place, const std::string& address) {
    const uid_t user = plain_user(place);
    return as_user(place.uid, user,
                   unpacked("usr/bin/ssh") +
                       Words{"-N", "-F", "none", "-i", (place.folder / "sshd/client").string(), "-p",
                             std::to_string(place.port), "-o", "StrictHostKeyChecking=no", "-o",
                             "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                             name_of(user) + "@" + address});
}

Words psql_session(const Place& place, const std::string& address) {
    return unpacked("usr/lib/postgresql/15/bin/psql") +
           Words{"-X", "-h", address, "-p", std::to_string(place.port), "-U", "postgres", "-d", "postgres", "-c",
                 "select pg_sleep(3600)"};
}

std::string python() { return access("/usr/bin/python3", X_OK) == 0 ? "/usr/bin/python3" : "python3"; }

} // namespace halfopen::testing
