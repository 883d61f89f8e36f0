"""What the product says against the ground truth: `python -m tests.bench.compared truth.jsonl`."""

import json
import sys
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from reconciler.models import VtexAccount
    from tests.bench.generator import truth

    path = Path(sys.argv[1])
    missed, wrong = (list(each) for each in truth.differences(path, VtexAccount.objects.get()))
    for kind, some in (("not said", missed), ("not so", wrong)):
        for each in some[:5]:
            print(f"{kind}: {each}", file=sys.stderr)
    print(json.dumps({"differ": len(missed) + len(wrong), "truth": len(truth.read(path))}))


if __name__ == "__main__":
    main()
