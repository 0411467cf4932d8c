import type { Case } from "./case";
import { series, value } from "./series";

export const shopDatabase = { cluster: "c", namespace: "shop", service_name: "shop-db", instance: "db.shop.svc:1" };

/** A series of the exporter of a database. */
export function database(job: string, metric: string, labels: Record<string, string> = {}): string {
    return series(metric, { ...shopDatabase, job, ...labels });
}

/** A database to which its exporter cannot connect. */
export function serverDown(job: string, title: string, up: string): Case {
    return {
        after: "10m",
        fires: { [database(job, up)]: value(0), [database(job, "up")]: value(1) },
        labels: shopDatabase,
        summary: `shop-db: Alloy cannot connect to the ${title} server db.shop.svc:1`,
        // A restart.
        silent: { [database(job, up)]: "1x5 0 0 1x20", [database(job, "up")]: value(1) },
    };
}
