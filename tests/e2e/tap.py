"""What the tests found, in TAP (https://testanything.org)."""
import sys
import threading


class Tap:
    """Test results as they come, from several threads."""

    def __init__(self):
        self.lock, self.n, self.failures = threading.Lock(), 0, []

    def say(self, line):
        sys.stdout.write(line + '\n')
        sys.stdout.flush()

    def ok(self, good, text, detail=''):
        with self.lock:
            self.n += 1
            self.say(f'{"ok" if good else "not ok"} {self.n} - {text}')
            if not good:
                self.failures.append(text)
                for line in str(detail).splitlines():
                    self.say(f'#   {line}')
        return bool(good)

    def note(self, text):
        with self.lock:
            self.say(f'# {text}')

    def sum_up(self):
        """The last line; the exit status."""
        with self.lock:
            self.say(f'1..{self.n}')
            self.say(f'{self.n - len(self.failures)} passed, {len(self.failures)} failed, 0 skipped')
            return 1 if self.failures else 0
