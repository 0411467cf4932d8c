import { policies } from "../../components/network-policies/values";
import { resolveSettings } from "../../settings/resolve";
import { networkPoliciesArgs } from "../../stack/network-policies-args";

/** The spec of a NetworkPolicy of a stack, such as that of "loki". Undefined if the stack does not have it. */
export function policySpec(settings: { networkPolicies?: object; [key: string]: unknown }, component: string) {
    const networkPolicies = { enabled: true, ...settings.networkPolicies };
    return policies(networkPoliciesArgs(resolveSettings({ ...settings, networkPolicies }))).find(
        ({ name }) => name === `observability-${component}`,
    )?.spec;
}

/** The peers of a rule: pods of the same namespace. */
export function podsOf(name: string, instance: string): object[] {
    return [
        { podSelector: { matchLabels: { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": instance } } },
    ];
}

/** The peers of a rule: the metrics scraper. */
export const metricsScraper = podsOf("alloy", "lgtm-alloy-metrics");

/** The ports of a rule. */
export function ports(...numbers: number[]): object[] {
    return numbers.map((port) => ({ protocol: "TCP", port }));
}

/** The peers of a rule: all addresses. */
export const anywhere = [{ ipBlock: { cidr: "0.0.0.0/0" } }, { ipBlock: { cidr: "::/0" } }];
