"""Kills replica and publisher (SIGKILL) at random moments, many times, and starts them again.

Between both is a proxy whose cache sometimes serves old documents, and which sometimes finds nothing. The
publisher moves to other addresses, and is restored from backups. The run of the replica has several
lives. Each life begins with a snapshot, over the database of the life before. It ends with a comparison
of both databases row by row, while the publisher makes no changes. After every run of the replica the
script compares what it has stored with all that the publisher ever had: nothing may be wrong, and nothing
may go backward. Needs Python 3.9 and nothing else; build the programs first:
cargo build --release -p snapshot-sync --bins
"""

import argparse
import random
import shutil
import sys
import tempfile

from run import Run
from sabotage import KINDS


def arguments():
    parser = argparse.ArgumentParser(prog="kills", description=__doc__)
    parser.add_argument("--programs", default="target/release", help="the directory of publish and replicate")
    parser.add_argument("--replica-kills", type=int, default=50)
    parser.add_argument("--publisher-kills", type=int, default=20)
    parser.add_argument("--entities", type=int, default=60000)
    parser.add_argument("--package-octets", type=int, default=1500000)
    parser.add_argument("--octets-per-second", type=float, default=2e6, help="the pace of a package through the proxy")
    parser.add_argument("--old", type=float, default=0.1, help="the share of answers that are old")
    parser.add_argument("--missing", type=float, default=0.05, help="the share of answers that are 404")
    parser.add_argument("--patience", type=int, default=10, help="the seconds that a fault must last")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--sabotage", choices=KINDS, help="damage this in the replica: the run must then fail")
    return parser.parse_args()


def main():
    options = arguments()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    directory = tempfile.mkdtemp(prefix="kills-")
    run = Run(options, directory)
    try:
        run.all()
    except BaseException:
        print(f"see {directory}", file=sys.stderr)
        raise
    finally:
        run.end()
        print(run)
    if run.wrong:
        sys.exit(f"{len(run.wrong)} lines of WRONG above; see {directory}")
    shutil.rmtree(directory)
    print("all is well")


if __name__ == "__main__":
    main()
