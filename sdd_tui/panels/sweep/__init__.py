"""The panels of a sweep: curve, map, planes, table. Pure, as all panels are: points and a size in, rows out."""
