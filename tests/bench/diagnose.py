"""`manage.py diagnose --all`, in a process of its own; says how long it took and its peak of memory."""

import json
import resource
import time

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from reconciler.diagnosis.refresh import refresh
    from reconciler.models import VtexAccount

    account = VtexAccount.objects.get()
    began = time.perf_counter()
    refresh(account, now=timezone.now())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak}))


if __name__ == "__main__":
    main()
