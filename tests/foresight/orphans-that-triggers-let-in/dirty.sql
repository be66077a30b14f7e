SET session_replication_role = replica; DELETE FROM plans WHERE minutes = 1;
