#include "harness/trial/own_server_json.h"

namespace halfopen {

namespace {

Json json_of(const OptionsLine& o) {
    return {{"keepalive", o.keepalive},
            {"idle_ns", o.idle.count()},
            {"interval_ns", o.interval.count()},
            {"count", o.count},
            {"user_timeout_ns", o.user_timeout.count()}};
}

Json json_of(const std::optional<OptionsLine>& o) { return o ? json_of(*o) : Json{}; }

Json json_of(const WouldNoticeLine& w) {
    return {{"scenario", w.scenario},
            {"traffic", w.traffic},
            {"law", w.law},
            {"label", w.label},
            {"after_ns", w.after ? Json{w.after->from.count(), w.after->to.count()} : Json{}}};
}

OptionsLine options(const Object& o) {
    return {o.flag("keepalive"), o.time("idle_ns"), o.time("interval_ns"), o.small<int>("count"), o.time("user_timeout_ns")};
}

std::optional<OptionsLine> options_if_any(const Object& o) {
    if (!o.has("options")) return std::nullopt;
    return options(o.object("options"));
}

} // namespace

Json json_of(const OwnServerLine& s) {
    Json others = Json::array();
    for (const WouldNoticeLine& w : s.others) others.push_back(json_of(w));
    return {{"command", s.command},
            {"port", s.port},
            {"client", text_or_null(s.client)},
            {"hello", text_or_null(s.hello)},
            {"listened_after_ns", s.listened_after.count()},
            {"answered_after_ns", s.answered_after ? Json(s.answered_after->count()) : Json{}},
            {"options", json_of(s.options)},
            {"others", others},
            {"advice", s.advice}};
}

OwnServerLine read_own_server(const Object& o) {
    OwnServerLine s;
    s.command = o.texts("command");
    s.port = o.small<int>("port");
    s.client = o.text_or_empty("client");
    s.hello = o.text_or_empty("hello");
    s.listened_after = o.time("listened_after_ns");
    if (o.has("answered_after_ns")) s.answered_after = o.time("answered_after_ns");
    s.options = options_if_any(o);
    o.each("others", [&](const Object& w) {
        s.others.push_back({w.text("scenario"), w.text("traffic"), w.small<int>("law"), w.text("label"), w.window("after_ns")});
    });
    s.advice = o.texts("advice");
    return s;
}

Json json_of(const SocketLine& s) {
    return {{"before", s.before}, {"last", s.last}, {"end", s.end}, {"options", json_of(s.options)}};
}

SocketLine read_socket(const Object& o) {
    return {o.text("before"), o.text("last"), o.text("end"), options_if_any(o)};
}

Json json_of(const OwnServer& s) {
    Json sysctls = Json::array();
    for (const auto& [name, value] : s.command.sysctls) sysctls.push_back({{"name", name}, {"value", value}});
    return {{"words", s.command.words},
            {"port", s.command.port},
            {"start_within_ns", s.command.start_within.count()},
            {"uid", s.command.uid},
            {"gid", s.command.gid},
            {"folder", s.command.folder},
            {"environment", s.command.environment},
            {"sysctls", sysctls},
            {"hello", std::vector<unsigned char>(s.client.hello.begin(), s.client.hello.end())}, // May be no text.
            {"ask", std::vector<unsigned char>(s.client.ask.begin(), s.client.ask.end())},
            {"waits_for_answer", s.client.waits_for_answer},
            {"client", s.client.command},
            {"each", s.each}};
}

OwnServer read_own_server_task(const Object& o) {
    OwnServer s;
    s.command.words = o.texts("words");
    s.command.port = o.small<uint16_t>("port");
    s.command.start_within = o.time("start_within_ns");
    s.command.uid = o.small<unsigned>("uid");
    s.command.gid = o.small<unsigned>("gid");
    s.command.folder = o.text("folder");
    s.command.environment = o.texts("environment");
    o.each("sysctls", [&](const Object& pair) { s.command.sysctls.emplace_back(pair.text("name"), pair.text("value")); });
    for (const Json& byte : o.at("hello")) s.client.hello += static_cast<char>(byte.get<int>());
    for (const Json& byte : o.at("ask")) s.client.ask += static_cast<char>(byte.get<int>());
    s.client.waits_for_answer = o.flag("waits_for_answer");
    s.client.command = o.text("client");
    s.client.server = {server_address, s.command.port};
    s.each = o.flag("each");
    return s;
}

} // namespace halfopen
