import type { CheckResult } from "./check";
import { withExemptions } from "./check";
import type { KubernetesObject } from "./objects";
import type { Finding, PolicyContext } from "./rule";
import { keepData } from "./rules";

/** A step of a preview, as in the output of `pulumi preview --json`. */
export interface PreviewStep {
    op: string;
    urn: string;
    oldState?:
        { inputs?: Record<string, unknown> | undefined; retainOnDelete?: boolean | undefined } | null | undefined;
    replaceReasons?: string[] | null | undefined;
}

const dataTypes = [
    "kubernetes:apps/v1:StatefulSet",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:PersistentVolume",
];

/**
 * Finds the steps of a preview that delete or replace a StatefulSet, a claim or a volume. A policy pack cannot find them, because Pulumi tells it
 * neither the operation nor what is deleted.
 */
export function checkSteps(steps: readonly PreviewStep[], context: PolicyContext): CheckResult {
    const findings = steps.flatMap((step): Finding[] => {
        const [, , types = "", name = ""] = step.urn.split("::");
        const type = types.split("$").pop() ?? "";
        // A replacement consists of up to three steps.
        const verb = { replace: "replaces", delete: "deletes" }[step.op];
        if (!dataTypes.includes(type) || verb === undefined || step.oldState?.retainOnDelete === true) {
            return [];
        }
        const keys = step.replaceReasons ?? [];
        const reason = keys.length === 0 ? "" : `, because ${keys.join(", ")} cannot change in place`;
        return [
            {
                object: objectOf(step, type, name),
                message: `this deployment ${verb} it${reason}. Undo the change, or follow the plan of \`npm run migrate\` that moves its data.`,
            },
        ];
    });
    return withExemptions(keepData.name, findings, context);
}

function objectOf({ oldState }: PreviewStep, type: string, name: string): KubernetesObject {
    const inputs = (oldState?.inputs ?? {}) as Partial<KubernetesObject>;
    const kind = type.split(":").pop() ?? "";
    return { ...inputs, apiVersion: inputs.apiVersion ?? "", kind, metadata: { name, ...inputs.metadata } };
}
