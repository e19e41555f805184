-- title: Designs and levels
-- description: How many records have each study design and level, and how many of these levels are provisional.
select r.design, r.level, e.label as level_label, count(*) as n_records, sum(r.provisional) as n_provisional, sum(r.secondary) as n_secondary
from records r
left join evidence_levels e on e.scheme = 'ocebm-benefit' and e.rank = r.level
group by r.design, r.level
order by r.level is null, r.level, n_records desc, r.design
