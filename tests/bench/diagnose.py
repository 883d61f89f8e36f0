"""`manage.py diagnose --all`; then says how long it took and its peak of memory.

With `forget` it takes all findings away instead.
"""

import json
import resource
import sys
import time
from io import StringIO

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    if sys.argv[1:] == ["forget"]:
        from reconciler.models import Finding

        Finding.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
        return
    began, worked = time.perf_counter(), time.process_time()
    call_command("diagnose", "--all", stdout=StringIO())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = time.process_time() - worked
    print(json.dumps({"seconds": seconds, "own": own, "peak_mib": peak}))


if __name__ == "__main__":
    main()
