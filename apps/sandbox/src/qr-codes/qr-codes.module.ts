import { Module } from '@nestjs/common';
import { QrCodesApi } from './qr-codes.api.js';

@Module({ providers: [QrCodesApi] })
export class QrCodesModule {}
