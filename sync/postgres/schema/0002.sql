-- Roles. A gateway adds rows of its own and sees no others; it changes and deletes nothing. Readers see everything and write nothing.
-- Who may be which gateway is the administrator's word:  select edgelabel.admit('gw-1', 'gw1_login');

do $$ begin
    if not exists (select from pg_roles where rolname = 'edgelabel_gateway') then create role edgelabel_gateway nologin; end if;
    if not exists (select from pg_roles where rolname = 'edgelabel_reader') then create role edgelabel_reader nologin; end if;
end $$;

create table edgelabel.logins (login name primary key, gateway text not null);

-- The gateway that the session's login stands for; null for nobody's. It looks where the login itself may not.
create function edgelabel.me() returns text language sql stable security definer set search_path = pg_catalog
as 'select gateway from edgelabel.logins where login = session_user';

create function edgelabel.admit(gateway text, login name) returns void language plpgsql set search_path = pg_catalog as $$ begin
    insert into edgelabel.logins values (login, gateway) on conflict on constraint logins_pkey do update set gateway = excluded.gateway;
    execute format('grant edgelabel_gateway to %I', login);
end $$;
revoke execute on function edgelabel.admit(text, name) from public;

grant usage on schema edgelabel to edgelabel_gateway, edgelabel_reader;

do $$ declare t text; begin
    foreach t in array array['batches', 'items', 'labels', 'gaps', 'evictions', 'absences', 'classes'] loop
        execute format('alter table edgelabel.%I enable row level security', t);
        execute format('grant select, insert on edgelabel.%I to edgelabel_gateway', t);
        execute format('grant select on edgelabel.%I to edgelabel_reader', t);
        execute format('create policy own on edgelabel.%I to edgelabel_gateway using (gateway = (select edgelabel.me())) with check (gateway = (select edgelabel.me()))', t);
        execute format('create policy everything on edgelabel.%I for select to edgelabel_reader using (true)', t);
    end loop;
end $$;
grant select on edgelabel.gateways, edgelabel.newest_labels, edgelabel.labels_per_week, edgelabel.missing to edgelabel_gateway, edgelabel_reader;
grant select on edgelabel.schema_version to edgelabel_gateway, edgelabel_reader;
