create table effect (event uuid not null, account text not null, prepared text);
create table reminder (event uuid not null, account text not null);
