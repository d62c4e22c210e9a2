"""The Celery application; its settings are the CELERY_ ones of illservice.settings."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler, ScheduleEntry, SchedulingError
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "illservice.settings")

app = Celery("illservice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Clock(PersistentScheduler):
    """Celery beat that sweeps by itself while the broker is away, so that what is due still leaves (decision 0003)."""

    def setup_schedule(self) -> None:
        """Sweep at once after a start: what became due while nothing ran shall not wait for the first interval."""
        super().setup_schedule()
        for name in self.app.conf.beat_schedule:
            self.schedule[name].last_run_at = self.app.now() - timedelta(days=1)

    def apply_async(
        self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any
    ) -> Any:
        """Send the task to a worker; without a broker run it here. Any worker that comes back finds it claimed."""
        try:
            return super().apply_async(entry, producer=producer, advance=advance, **kwargs)
        except SchedulingError:
            close_old_connections()
            try:
                return self.app.tasks[str(entry.task)].run(**(entry.kwargs or {}))
            finally:
                close_old_connections()
