package ftp

var (
	ParsePort = parsePort
	ParseEprt = parseEprt
	ReadLine  = readLine
)
