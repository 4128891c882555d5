"""Answers what it is sent, and forgets to close: every client that said goodbye leaves a socket in CLOSE_WAIT."""

import argparse
import select
import socket

words = argparse.ArgumentParser(description=__doc__)
words.add_argument("--port", type=int, required=True)
words.add_argument("--listen", default="0.0.0.0", metavar="ADDRESS")
words = words.parse_args()

server = socket.create_server((words.listen, words.port))
clients = []
gone = []
while True:
    ready, _, _ = select.select([server] + clients, [], [])
    for one in ready:
        if one is server:
            clients.append(server.accept()[0])
            continue
        try:
            data = one.recv(4096)
        except ConnectionError:
            data = b""
        if data:
            one.sendall(b"you said " + data)
        else:  # The mistake: it is watched no more, but close() is never called.
            clients.remove(one)
            gone.append(one)
