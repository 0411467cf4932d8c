import type { Check } from "../../check";
import type { Context } from "../../context";
import { exemplarLinkChecks } from "./from-exemplar";
import { logLinkChecks } from "./from-log";
import { profileLinkCheck } from "./from-profile";
import { traceLinkChecks } from "./from-trace";
import { serviceGraphChecks } from "./service-graph";

/** Checks that the query of each link between data sources, built in the same way as by Grafana, finds the test data. */
export function linkChecks(context: Context): Check[] {
    return [
        ...traceLinkChecks(context),
        ...logLinkChecks(context),
        ...exemplarLinkChecks(context),
        ...serviceGraphChecks(context),
        profileLinkCheck(context),
    ];
}
