// The keys of Grafana's dashboard JSON that the check reads.

export interface Dashboard {
    uid: string;
    title: string;
    tags?: string[];
    panels?: Panel[];
    links?: Link[];
    annotations?: { list?: Target[] };
    templating?: { list?: Variable[] };
}

export interface Variable {
    name: string;
    type: string;
    datasource?: DataSource;
    query?: string | { query?: string; label?: string; stream?: string };
    current?: { value?: unknown };
    options?: { value?: unknown }[];
}

export type DataSource = { uid?: string; type?: string } | string | null;

export interface Panel {
    id?: number;
    type: string;
    title?: string;
    datasource?: DataSource;
    targets?: Target[];
    panels?: Panel[];
    links?: Link[];
    transformations?: { id: string; options: Record<string, any> }[];
    fieldConfig?: {
        defaults?: { links?: Link[]; displayName?: string };
        overrides?: { matcher: { id: string; options: unknown }; properties: { id: string; value: any }[] }[];
    };
    options?: Record<string, unknown>;
}

export interface Target {
    refId?: string;
    datasource?: DataSource;
    expr?: string;
    query?: string;
    queryType?: string;
    legendFormat?: string;
    format?: string;
    serviceMapQuery?: string | string[];
    labelSelector?: string;
    profileTypeId?: string;
    groupBy?: string[];
}

export interface Link {
    title?: string;
    type?: string;
    url?: string;
    tags?: string[];
}
