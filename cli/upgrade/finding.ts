/**
 * How a finding affects an upgrade:
 * - unsafe: data is lost, or clients of the stack or its pods fail.
 * - work: somebody must change values, or accept a short outage.
 * - unchecked: a check could not run, for example because a program was not found. It never counts as passed.
 * - note: worth knowing.
 */
export type Severity = "unsafe" | "work" | "unchecked" | "note";

/** All severities, the most severe first. */
export const severities: readonly Severity[] = ["unsafe", "work", "unchecked", "note"];

/** The check that has found something. */
export type CheckName =
    | "render"
    | "values"
    | "defaults"
    | "objects"
    | "immutable"
    | "volumes"
    | "contract"
    | "crds"
    | "kubernetes"
    | "images"
    | "configuration"
    | "deprecations";

/** Something that an upgrade changes. */
export interface Finding {
    severity: Severity;
    check: CheckName;
    /** A full sentence. It is true of the manifests that were compared. */
    text: string;
    /** The program that was not found, so that a check could not run. */
    missing?: { program: string; version: string; image: string };
}

/** Creates findings of one check. */
export function findings(check: CheckName, severity: Severity, texts: string[]): Finding[] {
    return texts.map((text) => ({ severity, check, text }));
}
