"""csdid on a panel written by evaluation.py; run by the Python of `make peers`, which has no Maillage.

evaluation_peer.py JOB.npz DRAWS FOUND.npz
"""

import json
import sys
import time
from pathlib import Path


def main(path, draws, out):
    import warnings

    import numpy as np
    import pandas as pd
    from csdid.att_gt import ATTgt

    warnings.simplefilter("ignore")
    job = dict(np.load(path))
    covariates = [name for name in job if name.startswith("x")]
    frame = pd.DataFrame(job)
    start_mb = peak_rss_mb()
    started, spent = time.perf_counter(), time.process_time()
    model = ATTgt(
        yname="outcome",
        tname="period",
        idname="unit",
        gname="cohort",
        data=frame,
        control_group="nevertreated",
        xformla="~ " + " + ".join(covariates),
        cband=True,
        biters=int(draws),
    )
    model.fit(est_method="dr", base_period="varying", bstrap=True)
    estimated = time.perf_counter()
    model.aggte("dynamic", cband=True, biters=int(draws), bstrap=True)
    said = {"wall_s": time.perf_counter() - started, "cpu_s": time.process_time() - spent}
    said |= {"estimate_s": estimated - started, "peak_mb": peak_rss_mb(), "start_mb": start_mb}
    found = model.results
    np.savez(
        out,
        cohort=np.asarray(found["group"], dtype=float),
        period=np.asarray(found["year"], dtype=float),
        att=np.asarray(found["att"], dtype=float),
        se=np.asarray(found["se"], dtype=float),
        at=np.asarray(model.atte["egt"], dtype=float),
        event=np.asarray(model.atte["att_egt"], dtype=float),
    )
    print(json.dumps(said))


def peak_rss_mb():
    """The peak of this process alone: getrusage would count that of the one that started it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
