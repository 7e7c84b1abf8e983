"""Cases of the test process, worked over the API by clients that know nothing but what they were answered."""

from tests.chaos import process
from tests.chaos.client import Balancer

OPEN = {"state": "CREATED", "processDefinitionId": process.PROCESS_ID}


def start(web: Balancer, number: str) -> int:
    """Start a case under a number of its own; gives the key of its instance."""
    body = {
        "processDefinitionId": process.PROCESS_ID,
        "businessId": number,
        "variables": {process.NUMBER: number},
    }
    status, answer = web.post("/v2/process-instances", body, key=f"start-{number}")
    assert status == 200, (status, answer)
    return int(answer["processInstanceKey"])


def find_open(web: Balancer, instance_key: int, element_id: str) -> int | None:
    """Give the key of an instance's open task at an element, if it is there already."""
    body = {"filter": {**OPEN, "processInstanceKey": str(instance_key), "elementId": element_id}}
    status, answer = web.post("/v2/user-tasks/search", body)
    assert status == 200, (status, answer)
    return int(answer["items"][0]["userTaskKey"]) if answer["items"] else None


def complete(web: Balancer, task_key: int) -> tuple[int, object]:
    return web.post(f"/v2/user-tasks/{task_key}/completion", {"variables": {}}, key=f"complete-{task_key}")


def answer(web: Balancer, number: str) -> tuple[int, object]:
    """Publish the message that the case waits for, or will wait for."""
    body = {
        "name": process.MESSAGE,
        "correlationKey": number,
        "timeToLive": 600_000,
        "messageId": number,
        "variables": {"svar": number},
    }
    return web.post("/v2/messages/publication", body, key=f"answer-{number}")


class Case:
    """One case on its way through: `advance` does the next thing that a person or another system would do."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.instance_key = 0
        self.stage = "start"
        self.acknowledged: list[tuple[str, int]] = []
        """What the API said was done: the operation, and the key it was done to."""

    @property
    def is_done(self) -> bool:
        return self.stage == "done"

    def advance(self, web: Balancer) -> bool:
        """Do the next thing; False when the case waits for the workers."""
        match self.stage:
            case "start":
                self.instance_key = start(web, self.number)
                return self._go("modtag", "start", self.instance_key)
            case "modtag":
                return self._complete(web, "Modtag", "svar")
            case "svar":
                status, told = answer(web, self.number)
                assert status == 200, (status, told)
                return self._go("afslut", "answer", int(told["messageKey"]))
            case "afslut":
                return self._complete(web, "Afslut", "done")
        return False

    def _complete(self, web: Balancer, element_id: str, following: str) -> bool:
        key = find_open(web, self.instance_key, element_id)
        if key is None:
            return False
        status, told = complete(web, key)
        assert status == 204, (status, told)
        return self._go(following, "complete", key)

    def _go(self, stage: str, operation: str, key: int) -> bool:
        self.acknowledged.append((operation, key))
        self.stage = stage
        return True
