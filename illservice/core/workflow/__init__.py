"""The workflow engine: tables as data, acts that move, undo. Knows no library noun (design §3)."""

from illservice.core.workflow.act import Act, Machine
from illservice.core.workflow.replay import Beside, Step, go_on, replay
from illservice.core.workflow.table import START, Effect, Guard, Row, State, Table, Way, may
from illservice.core.workflow.undo import undo

__all__ = [
    "START",
    "Act",
    "Beside",
    "Effect",
    "Guard",
    "Machine",
    "Row",
    "State",
    "Step",
    "Table",
    "Way",
    "go_on",
    "may",
    "replay",
    "undo",
]
