ALTER DATABASE DATABASE_NAME SET datestyle = 'German';
ALTER DATABASE DATABASE_NAME SET statement_timeout = '500ms';
ALTER DATABASE DATABASE_NAME SET lock_timeout = '1ms';
ALTER DATABASE DATABASE_NAME SET standard_conforming_strings = off;
ALTER DATABASE DATABASE_NAME SET default_transaction_isolation = 'serializable';
ALTER DATABASE DATABASE_NAME SET timezone = 'Asia/Kathmandu';
