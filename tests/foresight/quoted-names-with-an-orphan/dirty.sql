UPDATE "Odd Schema"."plan ""x""" SET "Paper Id" = gen_random_uuid() WHERE "ünïcode" = 3;
