"""Answers each line; a client that vanished is noticed after 5 s, whether it was written to or not."""

import argparse
import socket
import threading


def serve(client):
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)  # seconds
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)  # seconds
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 5000)  # milliseconds
    try:
        with client, client.makefile("rb") as lines:
            for line in lines:
                client.sendall(b"you said " + line)
    except OSError:  # The client is gone; "with" has closed our end.
        pass


words = argparse.ArgumentParser(description=__doc__)
words.add_argument("--port", type=int, required=True)
words.add_argument("--listen", default="0.0.0.0", metavar="ADDRESS")
words = words.parse_args()

with socket.create_server((words.listen, words.port)) as server:
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()
