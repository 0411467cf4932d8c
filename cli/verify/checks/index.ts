import type { Check } from "../check";
import type { Context } from "../context";
import { dataSourceChecks, readChecks } from "./grafana";
import { linkDefinitionChecks } from "./links/definitions";
import { linkChecks } from "./links";
import { optionalSourceChecks } from "./optional-sources";
import { reachabilityChecks } from "./reach";
import { selfMonitoringChecks } from "./self-monitoring";
import { sendChecks } from "./send";
import { storageChecks } from "./stored";

/**
 * All checks of verify, in the order of the path of a signal: from the collector to the links in Grafana.
 *
 * @param sending whether test data is sent. Without it, only checks that need no test data are included.
 */
export function allChecks(context: Context, { sending }: { sending: boolean }): Check[] {
    return [
        ...reachabilityChecks(context),
        ...(sending ? [...sendChecks(context), ...storageChecks(context)] : []),
        ...dataSourceChecks(context),
        ...selfMonitoringChecks(context),
        ...optionalSourceChecks(context),
        ...(sending ? [...readChecks(context), ...linkChecks(context)] : linkDefinitionChecks(context)),
    ];
}
