REINDEX INDEX products_name_idx;
REINDEX TABLE orders;
