import { testMistakes } from "../helpers/mistakes";
import { configOf, databases, singleton } from "./examples";

testMistakes("refuses %s", [
    [
        "databases without a store of metrics",
        { databases, components: { mimir: false, alloyMetrics: false } },
        ["databases have no effect, because there is no store of metrics; remove them."],
    ],
    [
        "databases without the Secret that their kind needs",
        {
            databases: [
                { name: "a", kind: "postgresql", address: "a.shop.svc:5432" },
                { name: "b", kind: "mysql", address: "b.shop.svc:3306", passwordKey: "root" },
                { name: "c", kind: "mongodb", address: "c.shop.svc:27017" },
                { name: "d", kind: "redis", address: "d.shop.svc:6379" },
            ],
        },
        [
            "databases[0].existingSecret is missing; PostgreSQL needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name.",
            "databases[1].existingSecret is missing; MySQL needs a login. Create a Secret with a user name and a password in the namespace of the stack, and set its name.",
            "databases[1].passwordKey has no effect without existingSecret; remove it.",
        ],
    ],
    [
        "two databases of one name, and two of one address",
        {
            databases: [
                { name: "a", kind: "redis", address: "a.shop.svc:6379" },
                { name: "a", kind: "redis", address: "b.shop.svc:6379" },
                { name: "c", kind: "redis", address: "A.shop.svc:6379" },
            ],
        },
        [
            'databases[1].name is "a", and so is that of database 1; each database needs its own name.',
            "databases[2].address is the same as that of database 1, so that the same metrics would be stored twice; remove one of them.",
        ],
    ],
    [
        "a key that the kind does not use, an unknown kind, and an address with a password",
        {
            databases: [
                { name: "a", kind: "redis", address: "a.shop.svc:6379", database: "shop" },
                {
                    name: "b",
                    kind: "postgres",
                    address: "postgresql://user:secret@b.shop.svc:5432",
                    existingSecret: "b",
                },
            ],
        },
        [
            'databases[1].kind is "postgres"; it must be one of "postgresql", "mysql", "mongodb", "redis". Did you mean "postgresql"?',
            expect.stringContaining("databases[1].address"),
            "databases[0].database has no effect, because the metrics of Redis do not depend on it; remove it.",
        ],
    ],
]);

describe("lgtm-alloy-singleton", () => {
    test("gets the logins of databases from exactly the named keys of their Secrets, and no permission to read Secrets", () => {
        const values = singleton({
            databases: [
                ...databases,
                { ...databases[0], name: "b", address: "b:1", usernameKey: "u", passwordKey: "p" },
            ],
            values: { alloy: { extraEnv: [{ name: "MINE", value: "1" }] } },
        });
        const key = (name: string, secretKey: string) => ({
            name,
            valueFrom: { secretKeyRef: { name: "shop-db-login", key: secretKey } },
        });
        expect(values["alloy"].extraEnv).toEqual([
            key("DATABASE_SHOP_DB_USERNAME", "username"),
            key("DATABASE_SHOP_DB_PASSWORD", "password"),
            key("DATABASE_B_USERNAME", "u"),
            key("DATABASE_B_PASSWORD", "p"),
            { name: "MINE", value: "1" },
        ]);
        expect(values["extraObjects"]).toBeUndefined();
        expect(values["serviceAccount"]).toEqual({ automountServiceAccountToken: false });
    });

    const exporterOf = (database: object) => {
        const config = configOf(singleton({ databases: [{ name: "db", existingSecret: "s", ...database }] }));
        return /prometheus\.exporter\.\w+ "\w+" \{\n(.*?)\n\}/s.exec(config)?.[1]?.replace(/^\t(\w+) += /gm, "$1 = ");
    };
    const encoded =
        'encoding.url_encode(sys.env("DATABASE_DB_USERNAME")), encoding.url_encode(sys.env("DATABASE_DB_PASSWORD"))';
    const plain = 'sys.env("DATABASE_DB_USERNAME"), sys.env("DATABASE_DB_PASSWORD")';
    test.each<[object, string]>([
        [
            { kind: "postgresql", address: "db.shop.svc:5432" },
            `data_source_names = [string.format("postgresql://%s:%s@db.shop.svc:5432/postgres?connect_timeout=5&sslmode=disable", ${encoded})]`,
        ],
        [
            { kind: "postgresql", address: "db.example.com:5432", database: "shop" },
            `data_source_names = [string.format("postgresql://%s:%s@db.example.com:5432/shop?connect_timeout=5&sslmode=verify-full", ${encoded})]`,
        ],
        [
            { kind: "mysql", address: "db:3306", tls: "require" },
            `data_source_name = string.format("%s:%s@tcp(db:3306)/?timeout=5s&tls=skip-verify", ${plain})`,
        ],
        [
            { kind: "redis", address: "[fd00::1]:6379" },
            'redis_addr = "rediss://[fd00::1]:6379"\nredis_password = sys.env("DATABASE_DB_PASSWORD")\nconnection_timeout = "5s"',
        ],
        [
            { kind: "redis", address: "db:6379", usernameKey: "user", tls: "require" },
            'redis_addr = "rediss://db:6379"\nredis_user = sys.env("DATABASE_DB_USERNAME")\nredis_password = sys.env("DATABASE_DB_PASSWORD")\nconnection_timeout = "5s"\nskip_tls_verification = true',
        ],
    ])("connects to %j", (database, expected) => {
        expect(exporterOf(database)).toBe(expected);
    });

    test("connects to MongoDB directly, and does not read its collections", () => {
        const server = "db-0.db.shop.svc:27017/?connectTimeoutMS=5000&serverSelectionTimeoutMS=5000";
        const rest = [
            "direct_connect = true",
            "collect_all = false",
            "enable_diagnostic_data = true",
            "enable_replicaset_status = true",
            "enable_db_stats = true",
        ];
        const mongodb = { kind: "mongodb", address: "db-0.db.shop.svc:27017" };
        expect(exporterOf(mongodb)?.split("\n")).toEqual([
            `mongodb_uri = string.format("mongodb://%s:%s@${server}&authSource=admin", ${encoded})`,
            ...rest,
        ]);
        expect(exporterOf({ ...mongodb, existingSecret: undefined })?.split("\n")).toEqual([
            `mongodb_uri = "mongodb://${server}"`,
            ...rest,
        ]);
    });

    test.each([
        ["db.shop.svc.cluster.local:5432", "shop"],
        ["db-0.db.shop.svc:5432", "shop"],
        ["db:5432", "obs"],
        ["db.example.com:5432", undefined],
        ["10.0.0.1:5432", undefined],
        ["[fd00::1]:5432", undefined],
    ])("labels the metrics of %s with the namespace %s", (address, namespace) => {
        const config = configOf(singleton({ databases: [{ ...databases[0], address }] }));
        const [, relabel = ""] = config.split('discovery.relabel "database_shop_db" {');
        const labels = [...relabel.matchAll(/target_label = "(\w+)"\n\t\treplacement {2}= "([^"]*)"/g)];
        expect(Object.fromEntries(labels.map(([, label, value]) => [label, value]))).toEqual({
            cluster: "c",
            job: "postgresql",
            instance: address,
            service_name: "shop-db",
            ...(namespace && { namespace }),
        });
    });
});
