"""Who takes part in a test, and what they agree on."""

from dataclasses import dataclass, replace

from tests.client.world.answers import Answers, Json
from tests.client.world.claude import Home
from tests.client.world.messages_api import CACHE_CREATION, CACHE_READ, INPUT, MessagesApi
from tests.client.world.tmux import Pane, Tmux, wait_for


@dataclass(frozen=True)
class World:
    """The client and its API, the store that the recorder fills, and the terminals."""

    api: MessagesApi
    home: Home
    answers: Answers
    tmux: Tmux

    def with_texts(self, texts: bool) -> "World":
        """The same with prompts told in full, or redacted."""
        return replace(self, home=replace(self.home, texts=texts))

    def settle(self, session_id: str, requests: int) -> Json:
        """The row of this session, once so many requests were answered, and all are kept."""

        def look() -> Json | None:
            answered = len(self.api.of(session_id))
            row = self.answers.sessions().get(session_id, {}) if answered >= requests else {}
            return row if row.get("requests") == answered else None

        def what() -> str:
            return f"{requests} requests: {self.api.of(session_id)}, {self.answers.sessions()}"

        return wait_for(look, what)

    def dashboard(self, size: tuple[int, int]) -> Pane:
        """A dashboard of this size on what the recorder keeps."""
        command, variables = self.answers.dashboard
        return self.tmux.run("dashboard", size, command, variables, self.home.path)

    def tokens(self) -> dict[str, int]:
        """What the API has said to have used, by the names that the panel has for it."""
        requests = len(self.api.answered)
        return {
            "input": requests * INPUT,
            "output": sum(exchange.output for exchange in self.api.answered),
            "cache_read": requests * CACHE_READ,
            "cache_creation": requests * CACHE_CREATION,
        }
