"""The net between a phone and the server, which can be cut, deafened, slowed or held from a test.

A proxy for plain connections, one request each. What it does holds for everything on the phone:
pages, scripts and the service worker alike.
"""

import re
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress
from time import sleep

UP, DOWN, DEAF, SLOW = "up", "down", "deaf", "slow"
# What the outbox sends waits: before the server has it, or its answer after.
HELD, HELD_BACK = "held", "held back"
LATENCY = 4  # seconds before an answer when the net is slow: longer than the worker's patience
CHUNK = 65536
OF_THE_OUTBOX = b"x-kronoberg-phone:"
LENGTH = re.compile(rb"content-length: *(\d+)", re.I)


class Net(socketserver.ThreadingTCPServer):
    """Up; down (nobody answers); deaf (what is sent arrives, its answer is lost); slow; or holding.

    `refuses`: words and a status; what the outbox sends with those words in it is answered so, and
    never reaches the server.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), Passage)
        self.behind = port
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.may_pass = threading.Event()
        self.is_up()

    def is_up(self) -> None:
        """As a net should be, and nothing is held any more."""
        self.state, self.refuses = UP, (b"", 0)
        # Of what the outbox sent: how much has been held, and how much is over.
        self.n_held = self.n_over = 0
        self.may_pass.set()

    def holds(self, state: str) -> None:
        """From now on what the outbox sends is held, before the server or behind it."""
        self.may_pass.clear()
        self.state = state


class Passage(socketserver.BaseRequestHandler):
    """One connection."""

    server: Net
    is_sending = is_of_outbox = False

    def handle(self) -> None:
        if self.server.state == DOWN:
            self._break()
            return
        with socket.create_connection(("127.0.0.1", self.server.behind)) as behind:
            threading.Thread(target=self._ask, args=(behind,), daemon=True).start()
            self._answer(behind)
        self.server.n_over += self.is_of_outbox

    def _ask(self, behind: socket.socket) -> None:
        with suppress(OSError):
            while asked := self._whole_request():
                words, status = self.server.refuses
                if status and self.is_of_outbox and words in asked:
                    self.request.sendall(b"HTTP/1.1 %d No\r\ncontent-length: 0\r\n\r\n" % status)
                    self._break()
                    behind.shutdown(socket.SHUT_RDWR)
                    return
                if self.server.state == HELD:
                    self._wait()
                behind.sendall(asked)

    def _whole_request(self) -> bytes:
        asked: bytes = self.request.recv(CHUNK)
        self.is_sending |= asked.startswith(b"POST ")
        if not self.is_sending:
            return asked
        while b"\r\n\r\n" not in asked and (more := self.request.recv(CHUNK)):
            asked += more
        head, _, body = asked.partition(b"\r\n\r\n")
        self.is_of_outbox |= OF_THE_OUTBOX in head.lower()
        length = LENGTH.search(head)
        while length and len(body) < int(length[1]) and (more := self.request.recv(CHUNK)):
            asked, body = asked + more, body + more
        return asked

    def _answer(self, behind: socket.socket) -> None:
        with suppress(OSError):
            while chunk := behind.recv(CHUNK):
                if self.server.state == HELD_BACK:
                    self._wait()
                if self.server.state == DOWN or self.server.state == DEAF and self.is_sending:
                    self._break()
                    return
                if self.server.state == SLOW:
                    sleep(LATENCY)
                self.request.sendall(chunk)

    def _wait(self) -> None:
        if self.is_of_outbox and not self.server.may_pass.is_set():
            self.server.n_held += 1
            self.server.may_pass.wait()

    def _break(self) -> None:
        # Closing alone would wait for the thread that reads.
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)
        self.request.close()


@contextmanager
def net_before(port: int):
    """A net in front of the server on `port`."""
    with Net(port) as net:
        thread = threading.Thread(target=net.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield net
        finally:
            net.is_up()
            net.shutdown()
            thread.join()
