import type { Context } from "../context";
import type { Hop } from "../run";
import { grafanaHops, ownHops, readHops } from "./grafana";
import { definedLinkHops, linkHops } from "./links";
import { reachHops } from "./reach";
import { sendHops } from "./send";
import { storedHops } from "./stored";

/**
 * All that verify checks, from the source of the signals to the links between them.
 *
 * @param sending whether test data may be sent; without, only what is there is looked at.
 */
export function allHops(context: Context, { sending }: { sending: boolean }): Hop[] {
    return [
        ...reachHops(context),
        ...(sending ? [...sendHops(context), ...storedHops(context)] : []),
        ...grafanaHops(context),
        ...ownHops(context),
        ...(sending ? [...readHops(context), ...linkHops(context)] : definedLinkHops(context)),
    ];
}
