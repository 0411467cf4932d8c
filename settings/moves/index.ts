import { type AppliedSettings, appliedSettings } from "../applied";
import type { Settings } from "../resolve";
import type { DataOwner } from "../schema/data-owners";
import { ofBuckets } from "./buckets";
import { ofCharts, ofComponents, ofRedpanda } from "./components";
import { ofModes } from "./modes";
import type { Move } from "./move";
import { namespaceMoves, ofStack } from "./stack";
import { ofVolumes } from "./volumes";
import { ofZones } from "./zones";

export type { Move } from "./move";

/** The changes between two deployments, by what must happen with them. */
export interface Moves {
    /** Changes that must not be deployed. */
    refused: Move[];
    /** Changes that the user must know about: accepted losses, and changes without loss. */
    announced: Move[];
}

/**
 * Finds the changes that concern stored data. With the profile prod, before or after the change, and with `protectData`, data is only lost if
 * `allowDataLoss` names its owner. Otherwise a loss is only announced.
 *
 * @param applied the settings of the last deployment. Undefined before the first one.
 */
export function findMoves(applied: AppliedSettings | undefined, settings: Settings): Moves {
    if (applied === undefined) {
        return { refused: [], announced: [] };
    }
    const after = appliedSettings(settings);
    const isProtected = settings.protectData || settings.profile === "prod" || applied.profile === "prod";
    const isRefused = ({ impossible, loses }: Move, allowed: readonly DataOwner[]) =>
        impossible === true || (isProtected && loses.some((owner) => !allowed.includes(owner)));
    const back = allMoves(after, applied).filter((move) => isRefused(move, []));
    const moves = withRollback(allMoves(applied, after), back);
    const refused = moves.filter((move) => isRefused(move, settings.allowDataLoss));
    return { refused, announced: moves.filter((move) => !refused.includes(move)) };
}

/** Adds the changes back that would be refused, also to settings whose change would otherwise not be announced. */
function withRollback(moves: Move[], back: Move[]): Move[] {
    const known = moves.map(({ setting }) => setting);
    const only = back
        .filter(({ setting }) => !known.includes(setting))
        .map((rollback): Move => {
            const { setting, from, to } = rollback;
            return { setting, from: to, to: from, effect: "", safe: "", loses: [], rollback };
        });
    const find = (wanted: string) => back.find(({ setting }) => setting === wanted);
    return [...moves.map((move) => ({ ...move, rollback: find(move.setting) })), ...only];
}

/** The sentences about a change that is deployed. @param prefix prefix of the key, such as "observability:". */
export function describeAnnounced(move: Move, prefix: string): string {
    return [describeMove(move, prefix), move.safe, describeRollback(move)].filter((text) => text !== "").join(" ");
}

function describeRollback({ rollback }: Move): string {
    if (rollback === undefined) {
        return "";
    }
    const { impossible, loses, effect } = rollback;
    const unless = impossible === true ? "" : ` unless allowDataLoss contains ${loses.join(", ")}`;
    return `A rollback is refused${unless}: ${effect}`;
}

function describeMove({ setting, subject, from, to, effect }: Move, prefix: string): string {
    const now = to === undefined ? "is not set" : `is ${JSON.stringify(to)}`;
    const before = from === undefined ? "does not have it" : `has ${JSON.stringify(from)}`;
    return `${subject ?? prefix + setting} ${now}; the deployed stack ${before}. ${effect}`.trim();
}

/** The sentences about a refused change: what would be lost, the safe procedure, and how to accept the loss. */
export function describeRefusal(move: Move, prefix: string): string {
    const { loses, impossible, safe } = move;
    const accept =
        impossible === true
            ? ""
            : ` To lose the data instead, set ${prefix}allowDataLoss to [${loses.join(", ")}] and deploy with \`npm run up\`.`;
    return `${describeMove(move, prefix)} ${safe}${accept}`;
}

function allMoves(before: AppliedSettings, after: AppliedSettings): Move[] {
    const everywhere = namespaceMoves(before, after);
    // In another namespace all volumes are new, so no other change concerns them.
    const comparisons =
        everywhere.length > 0
            ? []
            : [...ofComponents, ...ofRedpanda, ...ofModes, ...ofZones, ...ofCharts, ...ofVolumes, ...ofBuckets];
    return [...everywhere, ...[...comparisons, ...ofStack].flatMap((compare) => compare(before, after))].filter(
        (move) => move !== undefined,
    );
}
