import { didYouMean, nearest } from "../../../validation/nearest";
import type { Plan } from "../plan";
import { lokiMode } from "./loki-mode";
import { lokiReplication } from "./loki-replication";
import { mimirMode } from "./mimir-mode";
import { minio1To4 } from "./minio-1-to-4";
import { minioToS3 } from "./minio-to-s3";
import { namespace } from "./namespace";
import { pyroscopeMode } from "./pyroscope-mode";
import { tailSampling } from "./tail-sampling";
import { tempoMode } from "./tempo-mode";
import { tenantOn } from "./tenant-on";

/** All plans, in the order of the list. */
export const plans: Plan[] = [
    minioToS3,
    minio1To4,
    tenantOn,
    tailSampling,
    namespace,
    lokiReplication,
    lokiMode,
    mimirMode,
    tempoMode,
    pyroscopeMode,
];

/** @throws Error with the names of all plans if there is no plan with this name. */
export function planOf(name: string): Plan {
    const found = plans.find((plan) => plan.name === name);
    if (found === undefined) {
        const names = plans.map((plan) => plan.name);
        throw new Error(
            `plan "${name}" does not exist; the plans are ${names.join(", ")}${didYouMean(nearest(name, names))}`,
        );
    }
    return found;
}

/** The list of plans, one line each. */
export function listPlans(): string {
    const width = Math.max(...plans.map(({ name }) => name.length));
    return plans.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`).join("\n");
}
