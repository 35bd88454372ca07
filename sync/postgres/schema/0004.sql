-- How many items of each week, class and verdict there are, kept with every insert: nobody has to wait for a million labels to be counted.
-- Only the newest label of an item counts; one whose item has not come yet counts without a place.

create table edgelabel.weekly (
    gateway text   not null,
    week    date   not null, -- its Monday, UTC
    site    text   not null,
    line    text   not null,
    class   text   not null,
    verdict text   not null,
    items   bigint not null,
    primary key (gateway, week, site, line, class, verdict)
);
alter table edgelabel.weekly enable row level security;
create policy own on edgelabel.weekly for select to edgelabel_gateway using (gateway = (select edgelabel.me()));
create policy everything on edgelabel.weekly for select to edgelabel_reader using (true);
grant select on edgelabel.weekly to edgelabel_gateway, edgelabel_reader;

create or replace view edgelabel.newest_labels with (security_invoker = true) as
select distinct on (gateway, item) * from edgelabel.labels order by gateway, item, rev desc, id desc;

-- A gateway may not write to weekly itself: these do it for it. They look up each item of a batch by the index: a plan is kept as long as
-- the connection, and one that was made while the tables were small must not read all of them later.

create function edgelabel.count_labels() returns trigger language plpgsql security definer
set search_path = pg_catalog set enable_seqscan = off as $$ begin
    insert into edgelabel.weekly as w
    select n.gateway, date_trunc('week', n.saved at time zone 'UTC')::date, coalesce(i.site, ''), coalesce(i.line, ''), c.class, n.verdict, sum(n.change)
    from (select distinct gateway, item from fresh) f
    cross join lateral (
        (select l.gateway, l.saved, l.classes, l.verdict, 1 as change from edgelabel.labels l
         where l.gateway = f.gateway and l.item = f.item order by l.rev desc, l.id desc limit 1)
        union all
        (select l.gateway, l.saved, l.classes, l.verdict, -1 from edgelabel.labels l
         where l.gateway = f.gateway and l.item = f.item and (l.gateway, l.id) not in (select x.gateway, x.id from fresh x)
         order by l.rev desc, l.id desc limit 1)
    ) as n
    left join lateral (select site, line, simulated from edgelabel.items where gateway = f.gateway and id = f.item limit 1) as i on true
    cross join lateral unnest(case when n.classes = '{}' then '{""}' else n.classes end) as c (class)
    where not coalesce(i.simulated, false)
    group by 1, 2, 3, 4, 5, 6 having sum(n.change) <> 0
    on conflict on constraint weekly_pkey do update set items = w.items + excluded.items;
    delete from edgelabel.weekly w where w.items = 0 and w.gateway in (select gateway from fresh);
    return null;
end $$;

create function edgelabel.place_items() returns trigger language plpgsql security definer
set search_path = pg_catalog set enable_seqscan = off as $$ begin
    insert into edgelabel.weekly as w
    select f.gateway, date_trunc('week', n.saved at time zone 'UTC')::date, p.site, p.line, c.class, n.verdict, sum(p.change)
    from fresh f
    cross join lateral (select l.saved, l.classes, l.verdict from edgelabel.labels l
        where l.gateway = f.gateway and l.item = f.id order by l.rev desc, l.id desc limit 1) as n
    cross join lateral (values ('', '', -1), (f.site, f.line, case when f.simulated then 0 else 1 end)) as p (site, line, change)
    cross join lateral unnest(case when n.classes = '{}' then '{""}' else n.classes end) as c (class)
    group by 1, 2, 3, 4, 5, 6 having sum(p.change) <> 0
    on conflict on constraint weekly_pkey do update set items = w.items + excluded.items;
    delete from edgelabel.weekly w where w.items = 0 and w.gateway in (select gateway from fresh);
    return null;
end $$;

create trigger counted after insert on edgelabel.labels referencing new table as fresh for each statement execute function edgelabel.count_labels();
create trigger placed after insert on edgelabel.items referencing new table as fresh for each statement execute function edgelabel.place_items();

insert into edgelabel.weekly
select l.gateway, date_trunc('week', l.saved at time zone 'UTC')::date, coalesce(i.site, ''), coalesce(i.line, ''), c.class, l.verdict, count(*)
from edgelabel.newest_labels l
left join edgelabel.items i on i.gateway = l.gateway and i.id = l.item
cross join lateral unnest(case when l.classes = '{}' then '{""}' else l.classes end) as c (class)
where not coalesce(i.simulated, false)
group by 1, 2, 3, 4, 5, 6;

create or replace view edgelabel.labels_per_week with (security_invoker = true) as
select week, site, line, class, verdict, sum(items)::bigint as items from edgelabel.weekly group by 1, 2, 3, 4, 5;
