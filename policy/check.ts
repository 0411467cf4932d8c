import { annotatedExemptions, exemptionFor } from "./exemptions";
import type { KubernetesObject } from "./objects";
import type { Finding, ObjectRule, PolicyContext, StackRule, Violation } from "./rule";
import { objectRules, stackRules } from "./rules";

/** Name under which mistakes in annotations are reported. No exemption is possible. */
export const exemptionRule = {
    name: "exemptions",
    description: "An exemption in an annotation names an existing rule and a reason.",
};

/** A violation that an exemption allows. */
export interface Exempted extends Violation {
    reason: string;
}

/** The result of a check. */
export interface CheckResult {
    violations: Violation[];
    exempted: Exempted[];
}

/** Separates the violations that an exemption allows. */
export function withExemptions(rule: string, findings: Finding[], context: PolicyContext): CheckResult {
    const result: CheckResult = { violations: [], exempted: [] };
    for (const finding of findings) {
        const exemption = exemptionFor(finding.object, rule, context);
        if (exemption === undefined) {
            result.violations.push({ rule, ...finding });
        } else {
            result.exempted.push({ rule, ...finding, reason: exemption.reason });
        }
    }
    return result;
}

/** Checks one object with one rule. */
export function checkObject(rule: ObjectRule, object: KubernetesObject, context: PolicyContext): CheckResult {
    const findings = rule.check(object, context).map((message) => ({ object, message }));
    return withExemptions(rule.name, findings, context);
}

/** Checks all objects of a stack with one rule. */
export function checkStack(rule: StackRule, objects: KubernetesObject[], context: PolicyContext): CheckResult {
    return withExemptions(rule.name, rule.checkAll(objects, context), context);
}

/** The mistakes in the exemptions of an object. */
export function checkAnnotation(object: KubernetesObject): Violation[] {
    return annotatedExemptions(object).mistakes.map((message) => ({ rule: exemptionRule.name, object, message }));
}

/** Checks all objects of a stack with all rules that need no Pulumi engine. */
export function checkObjects(objects: KubernetesObject[], context: PolicyContext): CheckResult {
    const results = [
        ...objectRules.flatMap((rule) => objects.map((object) => checkObject(rule, object, context))),
        ...stackRules.map((rule) => checkStack(rule, objects, context)),
    ];
    return {
        violations: [...results.flatMap(({ violations }) => violations), ...objects.flatMap(checkAnnotation)],
        exempted: results.flatMap(({ exempted }) => exempted),
    };
}
