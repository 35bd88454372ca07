-- The catalogue: what the manifests of a bucket say, as tables. Everything here can be made again from the bucket.
-- Times are rounded down to microseconds; the bucket has nanoseconds.

create table edgelabel.batches (
    gateway         text        not null,
    epoch           bigint      not null,
    number          bigint      not null, -- 1, 2, 3 … within the epoch
    created         timestamptz not null, -- when the gateway closed it
    manifest_sha256 text        not null,
    prev_sha256     text        not null,
    objects         integer     not null,
    bytes           bigint      not null, -- of all objects
    items           integer     not null,
    labels          integer     not null,
    above_clearance integer     not null, -- entries that this centre may not have
    unasked         integer     not null, -- entries that it did not ask for
    primary key (gateway, epoch, number)
);

create table edgelabel.items (
    gateway     text        not null,
    id          text        not null,
    epoch       bigint      not null,
    number      bigint      not null, -- of the batch that brought it first
    kind        text        not null, -- image, window, joint
    at          timestamptz not null, -- event time
    created     timestamptz,
    site        text        not null,
    area        text        not null,
    line        text        not null,
    cell        text        not null,
    asset       text        not null,
    part        text        not null,
    product     text        not null,
    job         text        not null,
    simulated   boolean     not null,
    machine     text        not null, -- the machine's verdict
    score       float8      not null,
    images      text[]      not null, -- sha256 of each
    cameras     text[]      not null, -- of each
    detectors   text[]      not null, -- of its candidates
    window_from timestamptz,
    window_to   timestamptz,
    created_by  text        not null,
    primary key (gateway, id)
);
create index items_at on edgelabel.items (at);
create index items_part on edgelabel.items (part) where part <> '';

create table edgelabel.labels (
    gateway    text        not null,
    id         text        not null,
    epoch      bigint      not null,
    number     bigint      not null,
    item       text        not null,
    rev        integer     not null,
    verdict    text        not null,
    classes    text[]      not null, -- of the item and of its regions, each once
    regions    integer     not null,
    mode       text        not null,
    mechanism  text        not null,
    cause      text        not null,
    confidence smallint    not null,
    comment    text        not null,
    origin     text        not null,
    input      text        not null,
    person     text        not null,
    name       text        not null,
    role       text        not null,
    taxonomy   integer     not null,
    opened     timestamptz,
    decided    timestamptz,
    saved      timestamptz not null,
    review     text        not null, -- agree, correct, send_back, second, adjudicate; empty for none
    review_of  integer     not null,
    primary key (gateway, id)
);
create index labels_newest on edgelabel.labels (gateway, item, rev desc);

create table edgelabel.gaps (
    gateway text not null, epoch bigint not null, number bigint not null, ordinal integer not null,
    source text not null, tag text not null, since timestamptz, until timestamptz, reason text not null, detail text not null,
    primary key (gateway, epoch, number, ordinal)
);

create table edgelabel.evictions (
    gateway text not null, epoch bigint not null, number bigint not null, ordinal integer not null,
    class text not null, key text not null, since timestamptz, until timestamptz, bytes bigint not null, reason text not null, at timestamptz,
    primary key (gateway, epoch, number, ordinal)
);

-- What a gateway could not send any more: images and windows of items, entries that it could not read.
create table edgelabel.absences (
    gateway text not null, epoch bigint not null, number bigint not null, ordinal integer not null,
    what text not null, key text not null, sha256 text not null, reason text not null,
    primary key (gateway, epoch, number, ordinal)
);

create table edgelabel.classes (
    gateway text not null, revision integer not null, id text not null,
    name_zh text not null, name_en text not null, retired boolean not null,
    primary key (gateway, revision, id)
);

-- Views show each reader what that reader may see.

create view edgelabel.gateways with (security_invoker = true) as
select gateway, count(distinct epoch) as epochs, count(*) as batches, sum(items) as items, sum(labels) as labels, sum(bytes) as bytes,
       sum(above_clearance) as above_clearance, sum(unasked) as unasked, min(created) as first, max(created) as last
from edgelabel.batches group by gateway;

create view edgelabel.newest_labels with (security_invoker = true) as
select distinct on (gateway, item) * from edgelabel.labels order by gateway, item, rev desc;

create view edgelabel.labels_per_week with (security_invoker = true) as
select date_trunc('week', l.saved at time zone 'UTC')::date as week, coalesce(i.site, '') as site, coalesce(i.line, '') as line,
       c.class, l.verdict, count(*) as items
from edgelabel.newest_labels l
left join edgelabel.items i on i.gateway = l.gateway and i.id = l.item
cross join lateral unnest(case when l.classes = '{}' then '{""}' else l.classes end) as c (class)
where not coalesce(i.simulated, false)
group by 1, 2, 3, 4, 5;

create view edgelabel.missing with (security_invoker = true) as
select gateway, epoch, number, 'batch' as what, '' as key, (number - before - 1) || ' batches before it' as detail
from (select gateway, epoch, number, lag(number, 1, 0::bigint) over (partition by gateway, epoch order by number) as before
      from edgelabel.batches) as chain
where number > before + 1
union all
select gateway, epoch, number, what, key, reason from edgelabel.absences
union all
select l.gateway, l.epoch, l.number, 'item', l.item, 'label ' || l.id || ' is of it' from edgelabel.labels l
where not exists (select from edgelabel.items i where i.gateway = l.gateway and i.id = l.item)
union all
select gateway, epoch, number, 'signal', concat_ws(' ', source, nullif(tag, '')), concat_ws(' ', reason, since, until) from edgelabel.gaps
union all
select gateway, epoch, number, class, key, reason from edgelabel.evictions;
