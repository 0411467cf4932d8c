import { constant, figure, formatCount } from "./figure";
import { type Load, secondsPerDay, type Shape, SizeError } from "./load";
import { peakFactor, type StoreNeed } from "./need";
import { pyroscopeMaxProfilesPerSecond, pyroscopeRates as rates } from "./rates";

/**
 * What the replica of Pyroscope needs. In distributed mode, what all parts need together, except the volume, which each replica of the metastore has.
 *
 * @throws SizeError if there are more profiles than the formulas know for one replica.
 */
export function pyroscopeNeed(
    load: Load,
    { distributedPyroscope = false }: Pick<Shape, "distributedPyroscope">,
): StoreNeed {
    if (!distributedPyroscope && load.profilesPerSecond > pyroscopeMaxProfilesPerSecond) {
        throw new SizeError(
            `${formatCount(load.profilesPerSecond)} profiles per second are more than the formulas know: they are used up to ${pyroscopeMaxProfilesPerSecond}, because about 5 were measured and Pyroscope has no guide; for larger amounts, set mode.pyroscope to "distributed"`,
        );
    }
    const received = {
        load: `${formatCount(load.profilesPerSecond)} profiles per second`,
        amount: load.profilesPerSecond,
    };
    const perDay = load.profilesPerSecond * secondsPerDay;
    return {
        cpu: figure([constant(rates.cpuAtRest), { ...received, rate: rates.cpuPerProfile }]),
        memory: figure([constant(rates.memoryAtRest), { ...received, rate: rates.memoryPerProfile }]),
        volume: figure([constant(rates.volumeAtRest)], peakFactor),
        storedPerDay: figure([
            { load: `${formatCount(perDay)} profiles a day`, amount: perDay, rate: rates.storedPerProfile },
        ]),
        objectsPerDay: figure([
            { load: `${formatCount(perDay)} profiles a day`, amount: perDay, rate: rates.objectsPerProfile },
        ]),
    };
}
