import { contract } from "../components/contract";
import { didYouMean, nearest } from "../validation/nearest";
import { type PolicyRule, policyRules } from "../validation/policy";
import type { KubernetesObject } from "./objects";
import type { Exemption, PolicyContext } from "./rule";

/** Annotation that exempts its object: lines of the form "RULE: REASON". */
export const exemptAnnotation = "observability.mathtrail/policy-exempt";

/** The exemptions of every stack. */
export const defaultExemptions: readonly Exemption[] = [
    {
        rule: "non-root",
        object: `DaemonSet/${contract.alloyLogs.release}`,
        reason: "The files in /var/log/pods belong to root. The container has only the capability DAC_READ_SEARCH, and a read-only root file system.",
    },
    {
        rule: "non-root",
        object: `DaemonSet/${contract.alloyProfiles.release}`,
        reason: "The profiler reads the programs of all users in /proc. The container is not privileged, has only capabilities for eBPF, and a read-only root file system.",
    },
    {
        rule: "non-root",
        object: `DaemonSet/${contract.autoInstrumentation.release}`,
        reason: "The auto-instrumentation reads the programs of all users in /proc. The container is not privileged, has only capabilities for eBPF, and a read-only root file system.",
    },
    {
        rule: "protected-data",
        object: `PersistentVolumeClaim/${contract.prometheus.service}`,
        reason: "Prometheus writes its metrics to Mimir, and the volume has them only for a short time.",
    },
];

interface Annotation {
    exemptions: Exemption[];
    /** One text for each line that is not an exemption. */
    mistakes: string[];
}

/** The exemptions in the annotation of an object. */
export function annotatedExemptions({ kind, metadata: { name, annotations } }: KubernetesObject): Annotation {
    const lines = (annotations?.[exemptAnnotation] ?? "")
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
    const parsed = lines.map((line) => {
        const [, rule = line, reason = ""] = /^([^:]*):(.*)$/.exec(line) ?? [];
        return { rule: rule.trim(), object: `${kind}/${name}`, reason: reason.trim() };
    });
    const mistakes = parsed.map((exemption) => exemptionMistake(exemption));
    return {
        exemptions: parsed.filter((_, index) => mistakes[index] === undefined),
        mistakes: mistakes
            .filter((mistake) => mistake !== undefined)
            .map((mistake) => `the annotation ${exemptAnnotation} ${mistake}`),
    };
}

/** What is wrong with an exemption. Undefined if it is valid. */
function exemptionMistake({ rule, reason }: Exemption): string | undefined {
    return !policyRules.includes(rule as PolicyRule)
        ? `names the rule "${rule}", which does not exist${didYouMean(nearest(rule, policyRules)) || "."} The rules are ${policyRules.join(", ")}.`
        : reason === ""
          ? `exempts the object from the rule ${rule} without a reason. Write "${rule}: REASON".`
          : undefined;
}

/** The reason why an object may violate a rule. Undefined if it may not. */
export function exemptionFor(
    object: KubernetesObject,
    rule: string,
    { exemptions }: Pick<PolicyContext, "exemptions">,
): Exemption | undefined {
    const name = `${object.kind}/${object.metadata.name}`.toLowerCase();
    return [...annotatedExemptions(object).exemptions, ...exemptions].find(
        (exemption) => exemption.rule === rule && exemption.object.toLowerCase() === name,
    );
}
