"""Answers each line, and sets no option: a client that vanished is kept for ever."""

import argparse
import socket
import threading


def serve(client):
    with client, client.makefile("rb") as lines:
        for line in lines:
            client.sendall(b"you said " + line)


words = argparse.ArgumentParser(description=__doc__)
words.add_argument("--port", type=int, required=True)
words.add_argument("--listen", default="0.0.0.0", metavar="ADDRESS")
words = words.parse_args()

with socket.create_server((words.listen, words.port)) as server:
    while True:
        client, _ = server.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()
