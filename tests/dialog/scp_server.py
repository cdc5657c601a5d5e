"""A server that takes files by scp, for one account and its password."""
import asyncio
import threading
import warnings

with warnings.catch_warnings():  # of ciphers that nobody asks for here
    warnings.simplefilter('ignore')
    import asyncssh


class ScpServer:
    """Listens on 127.0.0.1:port until it is closed; paths are this machine's own."""

    def __init__(self, user, password):
        self.user, self.password = user, password
        self.tried = 0  # how often somebody said who they are
        self.key = asyncssh.generate_private_key('ssh-ed25519')
        self.loop, ready = asyncio.new_event_loop(), threading.Event()
        threading.Thread(target=self.run, args=(ready,), daemon=True).start()
        ready.wait()

    def run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncssh.create_server(
            self.account, '127.0.0.1', 0, server_host_keys=[self.key],
            sftp_factory=True, allow_scp=True))
        self.port = self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    @property
    def fingerprint(self):
        return self.key.get_fingerprint()

    def known(self):
        """The line of a known_hosts file."""
        return f'[127.0.0.1]:{self.port} {self.key.export_public_key().decode()}'

    def rekey(self):
        """Another machine in its place."""
        self.key = asyncssh.generate_private_key('ssh-ed25519')
        done = threading.Event()

        def change():
            self.server.update(server_host_keys=[self.key])
            done.set()
        self.loop.call_soon_threadsafe(change)
        done.wait()

    def account(self):
        server = self

        class Account(asyncssh.SSHServer):
            def begin_auth(self, username):
                server.tried += 1
                return True

            def password_auth_supported(self):
                return True

            def validate_password(self, username, password):
                return (username, password) == (server.user, server.password)

        return Account()

    def close(self):
        def stop():
            self.server.close()
            self.loop.stop()
        self.loop.call_soon_threadsafe(stop)
