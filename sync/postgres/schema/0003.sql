-- Indexes that hold what the views ask of every item and label, so that these are read in order and without the tables.

drop index edgelabel.labels_newest;
create index labels_newest on edgelabel.labels (gateway, item, rev desc) include (saved, verdict, classes);
create index items_where on edgelabel.items (gateway, id) include (site, line, simulated);
