create table effect (event uuid not null, account text not null);
