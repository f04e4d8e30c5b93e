"""A real SFTP server of this machine, on the loopback interface, that serves files read-only to one user."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import paramiko

USER, PASSWORD = "someone", "secret"


class _Login(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == (USER, PASSWORD) else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Files(paramiko.SFTPServerInterface):
    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            return [paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name) for entry in os.scandir(path)]
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(os.stat(path))
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        handle = paramiko.SFTPHandle(flags)
        try:
            handle.readfile = open(path, "rb")  # noqa: SIM115 - the handle closes it
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return handle


class SftpServer:
    """Counts its connections; `drop` ends all that there are."""

    def __init__(self) -> None:
        self._key = paramiko.ECDSAKey.generate()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.transports: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path: object, password: str = PASSWORD) -> str:
        return f"sftp://{USER}:{password}@127.0.0.1:{self._socket.getsockname()[1]}{path}"

    def drop(self) -> None:
        for transport in self.transports:
            transport.close()

    def close(self) -> None:
        self._socket.close()
        self.drop()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self._key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            self.transports.append(transport)
            threading.Thread(target=_greet, args=(transport,), daemon=True).start()


def _greet(transport: paramiko.Transport) -> None:
    with suppress(OSError, EOFError, paramiko.SSHException):  # dropped meanwhile
        transport.start_server(server=_Login())


@contextmanager
def serving() -> Iterator[SftpServer]:
    server = SftpServer()
    try:
        yield server
    finally:
        server.close()
